// All ranks of a job ask for the modules of a corpus; mpi.py starts it under mpirun with different numbers of ranks.
//
//     mpi_ranks MANIFEST CACHE_DIR MODULES WAY
//
// Ways: "root", mpi::jit of one after the other; "farm", mpi::jit_many of all; "read", the first rank compiles and the
// others read its cache, as the old package does. Prints JSON: the seconds from when all begin to when all have the
// modules, with nothing cached, from the cache (by a Jit that has nothing in memory), and from memory; how often was
// compiled, what was sent and received by all ranks, and how many entries were read or written.
#include "jit_modules.h"
#include "stopwatch.h"

#include <dijitso/mpi.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::uint64_t total(std::uint64_t value) {
  std::uint64_t sum = 0;
  MPI_Allreduce(&value, &sum, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
  return sum;
}

double seconds_of_all(const std::function<void()>& work) {
  MPI_Barrier(MPI_COMM_WORLD);
  return bench::milliseconds([&] {
           work();
           MPI_Barrier(MPI_COMM_WORLD);
         }) /
         1000;
}

class Ranks {
 public:
  Ranks(const ffc::Corpus& corpus, std::size_t count, const std::string& cache_dir, std::string way)
      : corpus_(corpus),
        modules_(corpus.modules.begin(), corpus.modules.begin() + static_cast<std::ptrdiff_t>(count)),
        params_(ffc::jit_params(corpus, cache_dir)),
        way_(std::move(way)) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  }

  void ask(dijitso::Jit& jit) const {
    if (way_ == "read") return read(jit);
    std::vector<dijitso::JitRequest> requests;
    for (const ffc::Module& module : modules_) requests.push_back({module.name, params_, generate_with(jit, module)});
    if (way_ == "farm") {
      dijitso::mpi::jit_many(MPI_COMM_WORLD, requests, {}, jit);
      return;
    }
    for (const auto& request : requests)
      dijitso::mpi::jit(MPI_COMM_WORLD, request.name, params_, request.generate, {"root"}, jit);
  }

 private:
  // As ffc::jit_module does; what it depends on comes before it here, so asking for that builds nothing.
  dijitso::Generate generate_with(dijitso::Jit& jit, const ffc::Module& module) const {
    return [&](const auto&...) {
      for (const std::string& name : module.dependencies) ffc::jit_module(jit, corpus_, corpus_.module(name), params_);
      return dijitso::Generated{corpus_.header(module), corpus_.source(module), module.dependencies};
    };
  }

  void read(dijitso::Jit& jit) const {
    for (const ffc::Module& module : modules_) {
      if (rank_ != 0) MPI_Barrier(MPI_COMM_WORLD);
      ffc::jit_module(jit, corpus_, module, params_);
      if (rank_ == 0) MPI_Barrier(MPI_COMM_WORLD);
    }
  }

  const ffc::Corpus& corpus_;
  std::vector<ffc::Module> modules_;
  dijitso::Params params_;
  std::string way_;
  int rank_ = 0;
};

void run(const std::string& manifest, const std::string& cache_dir, const std::string& count, const std::string& way) {
  const auto corpus = ffc::read_corpus(manifest).restricted_to({"stokes", "elasticity_2d", "poisson"});
  const Ranks ranks(corpus, std::min(std::stoul(count), corpus.modules.size()), cache_dir, way);
  auto jit = std::make_unique<dijitso::Jit>();
  const double cold = seconds_of_all([&] { ranks.ask(*jit); });
  const auto counters = jit->counters();
  const dijitso::mpi::Traffic traffic = dijitso::mpi::traffic();
  const double memory = seconds_of_all([&] { ranks.ask(*jit); });
  const nlohmann::json totals = {{"compiles", total(counters.compiles)},
                                 {"entries", total(counters.disk_hits + counters.published)},
                                 {"sent", total(traffic.bytes_sent)},
                                 {"received", total(traffic.bytes_received)}};
  jit = std::make_unique<dijitso::Jit>();
  const double warm = seconds_of_all([&] { ranks.ask(*jit); });
  const auto warm_entries = total(jit->counters().disk_hits);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0)
    std::cout << nlohmann::json{{"cold", cold},
                                {"warm", warm},
                                {"memory", memory},
                                {"cold_totals", totals},
                                {"warm_entries", warm_entries}}
              << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  try {
    if (argc != 5) throw std::runtime_error("usage: mpi_ranks MANIFEST CACHE_DIR MODULES WAY");
    run(argv[1], argv[2], argv[3], argv[4]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mpi_ranks: %s\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
}
