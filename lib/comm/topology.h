// Who shares a cache directory, and who has the same processor: found out once for each communicator, and again when
// the ranks use another directory or target.
#pragma once

#include "comm/group.h"

#include <dijitso/params.h>

#include <optional>
#include <string>
#include <vector>

namespace dijitso::mpi {

class Topology {
 public:
  // Collective over `all`, as are the functions that take it. `target` is what the ranks compile for.
  Topology(const Group& all, const CacheParams& cache, const std::string& target);

  // Whether this rank is the one that reads and writes its cache directory for those that share it and have the same
  // target. Ranks without a directory count as sharing one, so that one of them says what is wrong.
  bool uses_disk() const { return leaders_[rank_] == static_cast<int>(rank_); }

  // Whether this rank has one.
  bool has_directory() const { return have_directory_[rank_]; }

  // For each rank, the one that uses the disk for it.
  const std::vector<int>& leaders() const { return leaders_; }

  // The largest number of ranks that share a directory.
  int most_sharing() const;

  bool spans_machines() const { return spans_machines_; }

  // Whether there would be a core for it if as many ranks as possible compiled at the same time.
  bool has_core() const { return has_core_; }

  // The ranks among which objects travel: those with the same target, or those of them that share a directory.
  const Group& with_target(const Group& all);
  const Group& with_target_and_directory(const Group& all);

 private:
  std::size_t rank_;
  std::vector<bool> have_directory_;
  std::vector<int> places_;   // for each rank, the first with the same directory,
  std::vector<int> targets_;  // the first with the same target,
  std::vector<int> leaders_;  // the first with both
  bool spans_machines_ = false;
  bool has_core_ = true;
  std::optional<Group> with_target_, with_both_;
};

}  // namespace dijitso::mpi
