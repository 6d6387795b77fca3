// Precompiled headers are large, up to 35 MB, and every change of a flag or header makes new ones. Their modification
// time is that of their last use (Store::note_use), as far as who used them may set it; so the oldest are those that
// nobody misses. Just before one is removed its time is looked at again, for another process may have come to use it.
// Tested in unittests/cache/prune_test.cpp.
#include "cache/prune/prune.h"

#include "cache/format/precompiled.h"
#include "cache/inspect/query.h"
#include "cache/store/directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <vector>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

struct Candidate {
  fs::path path;
  std::uint64_t bytes;
  struct timespec used;
};

bool operator<(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

std::optional<struct timespec> time_of(const fs::path& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return info.st_mtim;
}

std::vector<Candidate> candidates_in(const Layout& layout) {
  std::vector<Candidate> found;
  const DirectoryContents contents = list_category(layout, Category::pch);
  for (const StoredFile& file : contents.files) {
    if (signature_of_obj_file(file.name) != prelude_signature) continue;
    fs::path path = contents.dir / file.name;
    if (const auto used = time_of(path)) found.push_back({std::move(path), file.bytes, *used});
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return b.used < a.used; });
  return found;
}

Pruned prune(const CacheParams& cache, const std::optional<Digest>& keep, std::uint64_t most_bytes) {
  Directory directory(params_of_precompiled(cache), Directory::Role::own);
  directory.be_silent();
  if (!directory.is_usable()) return {};
  const Layout& layout = directory.layout();
  const fs::path kept = keep ? layout.obj_file(prelude_signature, *keep) : fs::path();
  const std::vector<Candidate> candidates = candidates_in(layout);

  Pruned pruned;
  std::uint64_t bytes = 0;
  for (const Candidate& candidate : candidates)
    if (candidate.path == kept) bytes += candidate.bytes;
  for (const Candidate& candidate : candidates) {
    if (candidate.path == kept) continue;
    bytes += candidate.bytes;
    if (bytes <= most_bytes) continue;
    const auto used = time_of(candidate.path);
    if (!used || candidate.used < *used) continue;
    if (::unlink(candidate.path.c_str()) != 0) continue;
    ++pruned.files;
    pruned.bytes += candidate.bytes;
    bytes -= candidate.bytes;
  }
  return pruned;
}

}  // namespace

Pruned prune_precompiled(const CacheParams& cache, const std::optional<Digest>& keep,
                         std::uint64_t most_bytes) noexcept {
  try {
    return prune(cache, keep, most_bytes);
  } catch (const std::exception&) {
    return {};  // a directory that cannot be listed: nothing to remove that we could see
  }
}

}  // namespace dijitso::cache
