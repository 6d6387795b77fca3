// Which files in a cache directory are dijitso's? Its parameters may name a directory in which people keep other
// things, such as a project with an include/ of its own.
//
// Only dijitso uses the names of entries, precompiled headers, claims and temporary files. But a derived file may have
// the name of a user's file: include/mine.h could be the header of a module 'mine'. So a directory that dijitso has
// made, or found empty, gets a CACHEDIR.TAG (https://bford.info/cachedir/, which backup programs know, too), and all
// derived files in it count as dijitso's. In other directories a derived file counts as dijitso's when it is read-only,
// as dijitso makes them, and its module is in the cache. Not thread-safe. Tested in unittests/cache/own_files_test.cpp.
#pragma once

#include "cache/inspect/query.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dijitso::cache {

inline constexpr const char* cache_tag_name = "CACHEDIR.TAG";

// When this fails, the directory counts as one that also holds files of others.
void tag_as_cache(const std::filesystem::path& directory) noexcept;
bool is_tagged_as_cache(const std::filesystem::path& directory);

// An absent directory counts as empty; one that cannot be listed does not.
bool is_empty_directory(const std::filesystem::path& directory);

// Whether a file of the cache lies in a tagged directory: the root, or the folder of the file.
bool is_in_tagged_directory(const Layout& layout, const std::filesystem::path& file);

class OwnFiles {
 public:
  explicit OwnFiles(const Layout& layout) : layout_(layout) {}

  // Whether dijitso has made this file, which has a name of its category. CacheError when the entries cannot be listed.
  bool contains(Category category, const std::filesystem::path& file);

 private:
  bool has_entry(const std::string& signature);

  const Layout layout_;
  std::optional<std::set<std::string, std::less<>>> signatures_;  // of the entries
  std::map<std::filesystem::path, bool> tagged_;                  // by directory
};

}  // namespace dijitso::cache
