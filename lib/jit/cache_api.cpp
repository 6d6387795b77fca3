// The functions of the documented module `cache` that load modules or forget loaded ones. Tested in tests/api.
#include "cache/api/api.h"

#include <dijitso/cache.h>
#include <dijitso/jit.h>

#include <algorithm>

namespace dijitso::cache {

std::map<std::string, std::vector<std::string>> clean_cache(const CacheParams& params, bool dryrun,
                                                            const Categories& categories) {
  std::vector<Category> chosen = parse_categories(categories);
  const auto is_chosen = [&](Category category) { return std::ranges::find(chosen, category) != chosen.end(); };
  if (is_chosen(Category::lib) && !is_chosen(Category::obj)) chosen.push_back(Category::obj);
  const bool modules = is_chosen(Category::obj);
  try {
    auto removed = remove_files(Layout(params), chosen, dryrun);
    if (modules && !dryrun) default_jit().forget(params.cache_dir);
    return removed;
  } catch (const CacheError&) {
    // Some files were removed before the error.
    if (modules && !dryrun) default_jit().forget(params.cache_dir);
    throw;
  }
}

std::optional<Library> lookup_lib(const std::string& lib_signature, const CacheParams& params) {
  if (std::optional<Library> loaded = default_jit().find_loaded(lib_signature, params)) return loaded;
  return load_library(lib_signature, params);
}

std::optional<Library> load_library(const std::string& signature, const CacheParams& params) {
  return default_jit().load(signature, params);
}

}  // namespace dijitso::cache
