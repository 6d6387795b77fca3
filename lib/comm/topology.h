// Determines which ranks share a cache directory and which have the same processor: once for each communicator, and
// again when the ranks use another directory or target.
#pragma once

#include "comm/group.h"

#include <dijitso/params.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::mpi {

class Topology {
 public:
  // Collective over `all`, like all functions with that argument. `target` is the one for which this rank compiles.
  Topology(const Group& all, const CacheParams& cache, const std::string& target);

  // Whether this rank reads and writes its cache directory for all ranks that share the directory and the target. Ranks
  // without a directory count as sharing one, so that one of them reports the error.
  bool uses_disk() const { return leaders_[rank_] == static_cast<int>(rank_); }

  // Whether this rank has a cache directory.
  bool has_directory() const { return have_directory_[rank_]; }

  // The largest number of ranks that share a directory.
  int most_sharing() const { return most_sharing_; }

  bool spans_machines() const { return spans_machines_; }

  // Whether there is a core for this rank when as many ranks as possible compile at the same time.
  bool has_core() const { return has_core_; }

  // The ranks among which objects are distributed: those with the same target, or those that also share a directory.
  const Group& with_target(const Group& all);
  const Group& with_target_and_directory(const Group& all);

 private:
  void look_at_machine(const Group& all);
  void set_places(const std::vector<std::uint64_t>& directories, const std::vector<std::uint64_t>& firsts);

  std::size_t rank_;
  std::vector<bool> have_directory_;
  std::vector<int> places_;   // for each rank, the first rank with the same directory
  std::vector<int> targets_;  // for each rank, the first rank with the same target
  std::vector<int> leaders_;  // for each rank, the first rank with both
  int most_sharing_ = 0;
  bool spans_machines_ = false;
  bool has_core_ = true;
  std::optional<Group> with_target_, with_both_;
};

}  // namespace dijitso::mpi
