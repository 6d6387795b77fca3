// Keeps a cache directory as small or as young as its owner wants it: removes what was used longest ago.
//
// When something was used is the later of its access and modification time, as far as the file system records that;
// reading by dijitso's own tools does not count. A module counts as used when one that was built against it was. So
// nothing goes that something needs which stays. Only files with names of our own are removed, in a directory that
// belongs to the user. Other processes may use, publish and remove files meanwhile: who has read a file goes on with
// its bytes, and one that is gone is a miss. Thread-safety: may be called from any thread.
// Tested in unittests/cache/gc_test.cpp and tests/cli/gc_test.py.
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
  std::optional<std::chrono::seconds> older_than;  // what has not been used for so long goes
  bool keep_pinned = true;                         // and what pinned modules need
  bool dryrun = false;
};

struct GcResult {
  std::vector<std::filesystem::path> removed;  // with dryrun: what would be
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept_bytes = 0;
  std::size_t kept_files = 0;
  std::size_t moved = 0;  // kept variants that got another slot, where lookups find them now
};

// CacheError for a directory that is not the user's or cannot be listed, or for a file that cannot be removed; what
// could be removed is removed then.
GcResult collect_garbage(const CacheParams& params, const GcOptions& options, const Progress& progress = {});

}  // namespace dijitso::cache
