// Size and modification time are not enough, because tools that copy or unpack files set them. No tool can set the
// i-node number and the time at which the i-node last changed. Tested in unittests/cache/stamp_test.cpp.
#include "cache/store/stamp.h"

#include <sys/stat.h>

#include <algorithm>

namespace dijitso::cache {
namespace {

constexpr std::int64_t second = 1'000'000'000;

Inode inode_of(const struct stat& info) {
  return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino), ns_of(info.st_ctim)};
}

}  // namespace

std::optional<ReadFile> stamp_of_file(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  ReadFile file;
  file.path = path;
  file.size = static_cast<std::uint64_t>(info.st_size);
  file.mtime_ns = ns_of(info.st_mtim);
  file.inode = inode_of(info);
  return file;
}

std::optional<AbsentNames> stamp_of_directory(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return std::nullopt;
  return AbsentNames{path, {}, ns_of(info.st_mtim), inode_of(info)};
}

bool has_same_stamp(const ReadFile& a, const ReadFile& b) {
  return a.mtime_ns != 0 && a.size == b.size && a.mtime_ns == b.mtime_ns && a.inode == b.inode;
}

bool has_same_stamp(const AbsentNames& a, const AbsentNames& b) {
  return a.mtime_ns != 0 && a.mtime_ns == b.mtime_ns && a.inode == b.inode;
}

bool is_settled(std::int64_t mtime_ns, const Inode& inode, std::int64_t time_ns) {
  return mtime_ns != 0 && time_ns - std::max(mtime_ns, inode.ctime_ns) > 2 * second;
}

}  // namespace dijitso::cache
