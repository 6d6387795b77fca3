// The faults in a cache directory, with marks that allow a safe repair: the internal form of check_cache_integrity.
// Thread-safety: may be called from any thread. Errors: as check_cache_integrity. Tested in
// unittests/cache/integrity_test.cpp.
#pragma once

#include <dijitso/params.h>

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

// Identifies a file with its content: shows whether a path still names the same unchanged file.
struct FileMark {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t mtime_ns = 0;

  bool operator==(const FileMark&) const = default;
};
std::optional<FileMark> mark_of(const std::filesystem::path& file);

struct Faulty {
  std::optional<FileMark> mark;  // of the file that was checked
  std::vector<std::string> reasons;
};

std::map<std::filesystem::path, Faulty> find_faults(const CacheParams& params);

}  // namespace dijitso::cache
