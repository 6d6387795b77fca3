// Whether a file or a directory is as it was, as far as the file system tells without its content being read.
#pragma once

#include "cache/format/entry.h"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace dijitso::cache {

inline std::int64_t ns_of(const struct timespec& time) {
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

// Size, times and i-node of a regular file, and of a directory; nullopt for anything else.
std::optional<ReadFile> stamp_of_file(const std::string& path);
std::optional<AbsentNames> stamp_of_directory(const std::string& path);

// False when the stamp of one of them is not to be believed.
bool has_same_stamp(const ReadFile& a, const ReadFile& b);
bool has_same_stamp(const AbsentNames& a, const AbsentNames& b);

// Whether what has this stamp can no longer change without getting another one. Clocks of file systems tick up to two
// seconds apart: what was touched so shortly before `time_ns`, or later, may change under the same times.
bool is_settled(std::int64_t mtime_ns, const Inode& inode, std::int64_t time_ns);

}  // namespace dijitso::cache
