// What is kept with a communicator, as an attribute of it, from one collective jit to the next.
#pragma once

#include "comm/group.h"
#include "comm/topology.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace dijitso::mpi {

class State {
 public:
  explicit State(Group ranks) : all(std::move(ranks)) {}

  // That of `comm`, made at the first call, which is collective.
  static State& of(MPI_Comm comm);

  // All ranks, on a communicator of our own: our messages and the program's do not meet.
  const Group all;

  // For ranks with different processors: the targets that were asked for, and what is taken for them.
  std::map<std::string, std::string> targets;

  // Collective.
  Topology& topology(const CacheParams& cache, const std::string& target);

 private:
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Topology>> topologies_;  // by numbers, the same on all ranks
  std::map<std::string, std::uint64_t> known_;                     // for which cache and target which was found out
};

}  // namespace dijitso::mpi
