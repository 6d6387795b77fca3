// What the documented functions of <dijitso/cache.h> share.
#pragma once

#include "cache/query.h"
#include "support/file.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dijitso::cache {

// Runs `action`; a FileError becomes the CacheError that callers expect.
template <class Action>
auto as_cache_error(Action action) {
  try {
    return action();
  } catch (const FileError& error) {
    throw CacheError(error.what());
  }
}

// In the order of all_categories, each once. InvalidArgument for a name that does not exist.
std::vector<Category> parse_categories(const Categories& names);

// The content of a text of the cache; a name with ".gz" is decompressed. nullopt when there is no such file, CacheError
// when it cannot be read.
std::optional<std::string> read_stored_text(const std::filesystem::path& file);

// The files of one category that have a name of that category.
std::vector<std::filesystem::path> files_of(const Layout& layout, Category category);

// The same of one signature.
std::vector<std::filesystem::path> files_of(const Layout& layout, Category category, const std::string& signature);

// Removes the files of these categories, and only of these, and returns them; with dryrun only the latter.
std::map<std::string, std::vector<std::string>> remove_files(const Layout& layout,
                                                             const std::vector<Category>& categories, bool dryrun);

}  // namespace dijitso::cache
