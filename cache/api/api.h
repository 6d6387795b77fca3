// Helpers that the documented functions of <dijitso/cache.h> share.
#pragma once

#include "cache/inspect/query.h"
#include "support/file.h"

#include <dijitso/cache.h>
#include <dijitso/error.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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

// The categories with these names, in the order of all_categories, each once. InvalidArgument for a name that does not
// exist.
std::vector<Category> parse_categories(const Categories& names);

// The content of a text file of the cache; a file named ".gz" is decompressed. nullopt when there is no such file,
// CacheError when it cannot be read.
std::optional<Bytes> read_stored_bytes(const std::filesystem::path& file);
std::optional<std::string> read_stored_text(const std::filesystem::path& file);

// The files in the directory of a category whose names are of that category.
std::vector<std::filesystem::path> files_of(const Layout& layout, Category category);

// The same of one signature.
std::vector<std::filesystem::path> files_of(const Layout& layout, Category category, const std::string& signature);

// Removes the files of these categories that dijitso has made (OwnFiles), and returns them; with dryrun it only returns
// them.
std::map<std::string, std::vector<std::string>> remove_files(const Layout& layout,
                                                             const std::vector<Category>& categories, bool dryrun);

// Does what grep_cache does, and also counts the files that could not be searched; there was a warning for each.
struct SearchResult {
  std::map<std::string, FileMatches> found;
  std::size_t unsearched = 0;
};
SearchResult search_files(const std::string& regex, const Layout& layout, bool linenumbers, bool countonly,
                          const std::optional<std::string>& signature, const Categories& categories);

// InvalidArgument unless search_files accepts this regular expression.
void check_regex(const std::string& regex);

// The length of the function at the beginning of `text`: see extract_function.
std::size_t function_length(std::string_view text);

}  // namespace dijitso::cache
