// Data that is stored as an attribute of a communicator between collective calls of jit.
#pragma once

#include "comm/group.h"
#include "comm/topology.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace dijitso::mpi {

class State {
 public:
  explicit State(Group ranks) : all(std::move(ranks)) {}

  // The state of `comm`. The first call creates it and is collective.
  static State& of(MPI_Comm comm);

  // All ranks, on a communicator of dijitso's own, so that its messages do not mix with those of the program.
  const Group all;

  // For ranks with different processors: maps requested targets to the common target.
  std::map<std::string, std::string> targets;

  // The number of the topology for this cache and target; 0 when this rank does not know it. Ranks that have the same
  // number mean the same topology.
  std::uint64_t number_of_topology(const CacheParams& cache, const std::string& target) const;
  Topology& numbered_topology(std::uint64_t number) { return topologies_.at(number); }

  // Collective: the topology for this cache and target, which is made unless all ranks know it.
  Topology& topology(const CacheParams& cache, const std::string& target);

 private:
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Topology> topologies_;  // by number, the same on all ranks
  std::map<std::string, std::uint64_t> known_;    // numbers, by cache and target
};

}  // namespace dijitso::mpi
