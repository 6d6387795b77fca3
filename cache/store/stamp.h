// Whether a file or a directory is unchanged, judged by its metadata, without reading its content.
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

// False when one of the stamps does not prove anything.
bool has_same_stamp(const ReadFile& a, const ReadFile& b);
bool has_same_stamp(const AbsentNames& a, const AbsentNames& b);

// Whether any later change gives the file another stamp. The times of file systems have a resolution of up to two
// seconds: a file that was changed within that time before `time_ns`, or later, may change again without new times.
bool is_settled(std::int64_t mtime_ns, const Inode& inode, std::int64_t time_ns);

}  // namespace dijitso::cache
