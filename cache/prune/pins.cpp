// Tested in tests/cli/gc_test.py.
#include "cache/prune/pins.h"

#include "cache/api/api.h"
#include "cache/store/directory.h"

namespace dijitso::cache {

std::vector<std::string> pinned_modules(const CacheParams& params) {
  std::vector<std::string> pinned;
  for (const StoredFile& file : list_pins(Layout(params)).files)
    if (is_signature(file.name)) pinned.push_back(file.name);
  return pinned;
}

bool pin(const std::string& signature, const CacheParams& params) {
  check_signature(signature);
  Directory directory(params, Directory::Role::own);
  const std::filesystem::path dir = directory.layout().pins_dir();
  if (const auto failed = directory.create(dir)) throw CacheError(*failed);
  return as_cache_error([&] {
    return publish_file(dir / signature, directory.temp_dir_for(dir), {}, 0444, Publish::first_wins,
                        Durability::relaxed);
  });
}

bool unpin(const std::string& signature, const CacheParams& params) {
  check_signature(signature);
  const std::filesystem::path file = Layout(params).pins_dir() / signature;
  return as_cache_error([&] { return remove_file(file); });
}

}  // namespace dijitso::cache
