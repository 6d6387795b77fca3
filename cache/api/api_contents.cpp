// The documented functions on all files of a cache. A file counts only when it has a name of its category: other files
// in the same directories are neither listed nor deleted. Tested in unittests/cache/api_contents_test.cpp.
#include "cache/api/api.h"
#include "cache/store/own_files.h"
#include "support/gzip.h"

#include <dijitso/system.h>

#include <algorithm>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr unsigned copy_mode = 0644;

// The name of a copy: <prefix>-<signature> and the ending of its category.
std::string copy_name(const Layout& layout, Category category, const fs::path& file, const std::string& signature,
                      const std::string& prefix) {
  const std::string name = file.filename();
  std::string ending = layout.params().lib_postfix;
  if (category != Category::lib) ending = name.substr(signature.size());
  if (category == Category::src) ending = layout.params().src_postfix;
  return (prefix.empty() ? "" : prefix + "-") + signature + ending;
}

// Creates the target directory only when there is a file to copy. False when the file has been removed meanwhile.
bool copy(const fs::path& from, bool is_source, const fs::path& to) {
  return as_cache_error([&] {
    const std::optional<Bytes> content = is_source ? read_stored_bytes(from) : read_file(from);
    if (!content) return false;
    system::make_dirs(to.parent_path());
    publish_file(to, to.parent_path(), *content, copy_mode, Publish::replace, Durability::relaxed);
    return true;
  });
}

}  // namespace

std::vector<Category> parse_categories(const Categories& names) {
  std::vector<Category> categories;
  for (const std::string& name : names) {
    const std::optional<Category> category = category_from_name(name);
    if (!category) throw InvalidArgument("there is no category '" + name + "'; use inc, src, lib, log, obj or pch");
    if (std::ranges::find(categories, *category) == categories.end()) categories.push_back(*category);
  }
  std::ranges::sort(categories);
  return categories;
}

std::vector<fs::path> files_of(const Layout& layout, Category category) {
  const DirectoryContents contents = list_category(layout, category);
  std::vector<fs::path> files;
  for (const StoredFile& file : contents.files)
    if (signature_of_file(layout, category, file.name)) files.push_back(contents.dir / file.name);
  return files;
}

std::vector<fs::path> files_of(const Layout& layout, Category category, const std::string& signature) {
  std::vector<fs::path> files = files_of(layout, category);
  std::erase_if(files, [&](const fs::path& file) {
    return signature_of_file(layout, category, file.filename().native()) != signature;
  });
  return files;
}

std::optional<Bytes> read_stored_bytes(const fs::path& file) {
  std::optional<Bytes> stored = as_cache_error([&] { return read_file(file); });
  if (!stored || file.extension() != ".gz") return stored;
  std::optional<Bytes> content = gunzip(*stored);
  if (!content) throw CacheError("'" + file.string() + "' is not a whole gzip file: remove it");
  return content;
}

std::optional<std::string> read_stored_text(const fs::path& file) {
  const std::optional<Bytes> content = read_stored_bytes(file);
  return content ? std::optional<std::string>(as_text(*content)) : std::nullopt;
}

std::map<std::string, std::vector<std::string>> glob_cache(const CacheParams& params, const Categories& categories) {
  const Layout layout(params);
  std::map<std::string, std::vector<std::string>> found;
  for (const Category category : parse_categories(categories)) {
    std::vector<std::string>& names = found[std::string(category_name(category))];
    for (const fs::path& file : files_of(layout, category)) names.push_back(file);
  }
  return found;
}

std::map<std::string, std::vector<std::string>> remove_files(const Layout& layout,
                                                             const std::vector<Category>& categories, bool dryrun) {
  std::map<std::string, std::vector<std::string>> removed;
  std::optional<FileError> failed;
  OwnFiles own(layout);
  for (const Category category : categories) {
    std::vector<std::string>& names = removed[std::string(category_name(category))];
    for (const fs::path& file : files_of(layout, category)) {
      if (!own.contains(category, file)) continue;
      try {
        if (dryrun || remove_file(file)) names.push_back(file);
      } catch (const FileError& error) {
        if (!failed) failed = error;
      }
    }
  }
  if (failed) throw CacheError(std::string(failed->what()) + "; what could be removed is removed");
  return removed;
}

std::vector<std::string> extract_files(const std::string& signature, const CacheParams& params,
                                       const std::string& prefix, const std::string& path,
                                       const Categories& categories) {
  check_signature(signature);
  if (prefix.find('/') != prefix.npos || prefix.find('\0') != prefix.npos)
    throw InvalidArgument("extract_files: the prefix '" + prefix + "' contains '/' or NUL; give the directory as path");
  const Layout layout(params);
  remove_stale_temporaries(path.empty() ? "." : path);
  std::vector<std::string> written;
  for (const Category category : parse_categories(categories))
    for (const fs::path& file : files_of(layout, category, signature)) {
      const bool is_source = category == Category::src;
      const fs::path target = fs::path(path) / copy_name(layout, category, file, signature, prefix);
      // A plain and a compressed source have the same target. The plain one is newer, so it is used, as in reading.
      if (!written.empty() && written.back() == target) continue;
      if (copy(file, is_source, target)) written.push_back(target);
    }
  return written;
}

std::vector<std::string> extract_lib_signatures(const CacheParams& params) {
  const Layout layout(params);
  std::vector<std::string> signatures;
  for (const StoredFile& file : list_category(layout, Category::lib).files)
    if (const auto signature = signature_of_file(layout, Category::lib, file.name)) signatures.emplace_back(*signature);
  std::ranges::sort(signatures);
  return signatures;
}

}  // namespace dijitso::cache
