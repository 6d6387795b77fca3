// A job of all ranks that asks for modules together.
#pragma once

#include "ranks.h"
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace dijitso::testing {

constexpr int ranks_per_node = 2;

struct Job {
  explicit Job(const std::string& build_on, int per_node_ = ranks_per_node)
      : per_node(per_node_), node(shared.node_dir(per_node)), params(params_in(node / "cache")) {
    strategy.build_on = build_on;
  }

  std::pair<Library, std::string> jit(const std::string& name, const Generate& generate) {
    return mpi::jit(MPI_COMM_WORLD, name, params, generate, strategy, *local);
  }

  // How many nodes there are, if every `per_node` ranks are one.
  int nodes() const { return (size() + per_node - 1) / per_node; }

  // Since the beginning, or the last restart.
  Counters counters() const { return local->counters(); }
  int compiles() const { return static_cast<int>(counters().compiles); }
  int published() const { return static_cast<int>(counters().published); }

  // As a new program would begin.
  void restart() { local = std::make_unique<Jit>(); }

  SharedScratch shared;
  int per_node;
  fs::path node;
  Params params;
  mpi::Strategy strategy;
  std::unique_ptr<Jit> local = std::make_unique<Jit>();
};

}  // namespace dijitso::testing
