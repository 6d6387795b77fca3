// Keeps a cache directory below the size or age that its owner wants, by removing the files that were used longest ago.
//
// The last use of a file is the later of its access and modification time, as far as the file system records them;
// reading by dijitso's own tools does not count. A module counts as used when one that was built against it was. So no
// dependency of a remaining module is removed. Only files with names of dijitso are removed, in a directory that
// belongs to the user. Other processes may use the cache meanwhile: one that has read a file keeps its bytes, and a
// removed file is a miss. Thread-safety: may be called from any thread. Tested in unittests/cache/gc_test.cpp and
// tests/cli/gc_test.py.
#pragma once

#include <dijitso/cache.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace dijitso::cache {

struct GcOptions {
  std::optional<std::uint64_t> max_bytes;          // of all files with names of the cache
  std::optional<std::chrono::seconds> older_than;  // removes files not used for this time
  bool keep_pinned = true;                         // and the dependencies of pinned modules
  bool dryrun = false;
};

struct GcResult {
  std::vector<std::filesystem::path> removed;  // with dryrun: those that would be removed
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept_bytes = 0;
  std::size_t kept_files = 0;
  std::size_t moved = 0;  // kept variants that were moved to the slot where lookups now find them
};

// CacheError for a directory that is not the user's or cannot be listed, and, after removing all other files, for a
// file that cannot be removed.
GcResult collect_garbage(const CacheParams& params, const GcOptions& options, const Progress& progress = {});

}  // namespace dijitso::cache
