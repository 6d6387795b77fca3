// Precompiled headers are large, up to 35 MB, and every change of a flag or header makes new ones. Their modification
// time is that of their last use (Store::note_use), unless the process that used them had no right to set it; so the
// oldest are removed. The time is checked again just before a file is removed, because another process may have used it
// meanwhile. Tested in unittests/cache/prune_test.cpp.
#include "cache/prune/prune.h"

#include "cache/format/precompiled.h"
#include "cache/store/directory.h"
#include "cache/store/entry_files.h"
#include "cache/store/stamp.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <vector>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

// The recorded time of the last use; nullopt when the file is gone.
std::optional<std::int64_t> time_of(const fs::path& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return ns_of(info.st_mtim);
}

Pruned prune(const CacheParams& cache, const std::optional<Slot>& keep, std::uint64_t most_bytes) {
  Directory directory(params_of_precompiled(cache), Directory::Role::own);
  directory.mute_warnings();
  if (!directory.is_usable()) return {};
  std::vector<EntryFile> files = list_entry_files(directory.layout());
  std::erase_if(files, [](const EntryFile& file) { return file.signature != prelude_signature; });
  sort_newest_first(files);
  std::ranges::stable_partition(files, [&](const EntryFile& file) { return file.slot == keep; });

  Pruned pruned;
  std::uint64_t bytes = 0;
  for (const EntryFile& file : files) {
    bytes += file.bytes;
    if (bytes <= most_bytes || file.slot == keep) continue;
    const std::optional<std::int64_t> used = time_of(file.file);
    if (!used || file.written_ns < *used) continue;
    if (::unlink(file.file.c_str()) != 0) continue;
    ++pruned.files;
    pruned.bytes += file.bytes;
    bytes -= file.bytes;
  }
  return pruned;
}

}  // namespace

Pruned prune_precompiled(const CacheParams& cache, const std::optional<Slot>& keep, std::uint64_t most_bytes) noexcept {
  try {
    return prune(cache, keep, most_bytes);
  } catch (const std::exception&) {
    return {};  // the directory cannot be listed
  }
}

}  // namespace dijitso::cache
