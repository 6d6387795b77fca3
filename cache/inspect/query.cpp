// Lists cache directories with readdir and fstatat on an open directory, so that replacing a part of the path in
// between has no effect. Symbolic links are not followed (AT_SYMLINK_NOFOLLOW). Tested in
// unittests/cache/query_test.cpp.
#include "cache/inspect/query.h"

#include "cache/format/precompiled.h"
#include "cache/store/own_files.h"
#include "cache/store/stamp.h"
#include "support/descriptor.h"
#include "support/for_all.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace dijitso::cache {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};
using OpenDir = std::unique_ptr<DIR, CloseDir>;

std::string explain(const std::filesystem::path& path, int error) {
  if (error != ENOTDIR && error != ELOOP)
    return std::string(std::strerror(error)) + "; check its owner and permissions";
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return "a part of this path is not a directory; check cache.cache_dir";
  return "it is not a directory (symbolic links are not followed); remove or rename it";
}

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  throw CacheError("cannot list the cache directory '" + path.string() + "': " + explain(path, error));
}

// nullptr when there is no such directory.
OpenDir open_dir(const std::filesystem::path& dir) {
  Descriptor descriptor = open_existing(AT_FDCWD, dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!descriptor.is_open()) {
    if (errno == ENOENT) return nullptr;
    fail(dir, errno);
  }
  OpenDir opened(fdopendir(descriptor.get()));
  if (!opened) fail(dir, errno);
  descriptor.release();
  return opened;
}

bool is_file(int dir, const dirent& found) {
  if (found.d_type != DT_UNKNOWN) return found.d_type == DT_REG;
  struct stat status{};
  return fstatat(dir, found.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? S_ISREG(status.st_mode) : errno != ENOENT;
}

// Names that begin with a dot are not dijitso's, because no signature begins with one.
template <class Action>
void for_each_file(DIR* opened, const std::filesystem::path& dir, Action use) {
  for (;;) {
    errno = 0;
    const dirent* found = readdir(opened);
    if (!found) break;
    const std::string_view name = found->d_name;
    if (name[0] != '.' && name != cache_tag_name && is_file(dirfd(opened), *found)) use(found->d_name);
  }
  if (errno != 0) fail(dir, errno);
}

// Fills in sizes and times, which readdir does not give, on several threads, because most of the time is spent in the
// kernel. Names that are gone or are not regular files are removed. A file whose metadata cannot be read, for example
// after a disk error, exists nevertheless: it stays, without a size, and reading it reports the error.
void look_at_files(int dir, DirectoryContents& contents) {
  constexpr std::size_t enough_for_a_thread = 1000;
  std::vector<char> is_gone(contents.files.size());
  for_all(contents.files.size(), enough_for_a_thread, [&](std::size_t i) {
    StoredFile& file = contents.files[i];
    struct stat status{};
    if (fstatat(dir, file.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      is_gone[i] = errno == ENOENT;
    else
      is_gone[i] = !S_ISREG(status.st_mode);
    file.bytes = static_cast<std::uint64_t>(status.st_size);
    file.written_ns = ns_of(status.st_mtim);
  });
  std::vector<StoredFile> files;
  files.reserve(contents.files.size());
  for (std::size_t i = 0; i < is_gone.size(); ++i) {
    if (is_gone[i]) continue;
    contents.bytes += contents.files[i].bytes;
    files.push_back(std::move(contents.files[i]));
  }
  contents.files = std::move(files);
}

}  // namespace

std::string_view category_name(Category category) {
  constexpr std::array<std::string_view, all_categories.size()> names = {"inc", "src", "lib", "log", "obj", "pch"};
  return names[static_cast<std::size_t>(category)];
}

std::optional<Category> category_from_name(std::string_view name) {
  for (const Category category : all_categories)
    if (category_name(category) == name) return category;
  return std::nullopt;
}

DirectoryContents list_directory(const std::filesystem::path& dir) {
  DirectoryContents contents{dir, {}, 0};
  const OpenDir opened = open_dir(dir);
  if (!opened) return contents;
  for_each_file(opened.get(), dir, [&](const char* name) { contents.files.push_back({name}); });
  look_at_files(dirfd(opened.get()), contents);
  std::ranges::sort(contents.files, {}, &StoredFile::name);
  return contents;
}

std::filesystem::path category_dir(const Layout& layout, Category category) {
  switch (category) {
    case Category::inc:
      return layout.inc_dir();
    case Category::src:
      return layout.src_dir();
    case Category::lib:
      return layout.lib_dir();
    case Category::log:
      return layout.log_dir();
    case Category::pch:
      return layout.root() / params_of_precompiled({}).obj_dir;
    case Category::obj:
      break;
  }
  return layout.obj_dir();
}

DirectoryContents list_category(const Layout& layout, Category category) {
  return list_directory(category_dir(layout, category));
}

std::size_t count_category(const Layout& layout, Category category) {
  const std::filesystem::path dir = category_dir(layout, category);
  const OpenDir opened = open_dir(dir);
  std::size_t count = 0;
  if (opened) for_each_file(opened.get(), dir, [&](const char*) { ++count; });
  return count;
}

DirectoryContents list_quarantine(const Layout& layout) {
  DirectoryContents contents = list_directory(layout.quarantine_dir());
  std::erase_if(contents.files, [&](const StoredFile& file) {
    // "<name of an entry>.<16 hex digits>"
    const std::optional<VariantName> name = parse_variant_name(file.name);
    if (name && signature_of_obj_file(name->signature)) return false;
    contents.bytes -= file.bytes;
    return true;
  });
  return contents;
}
DirectoryContents list_claims(const Layout& layout) { return list_directory(layout.claims_dir()); }
DirectoryContents list_pins(const Layout& layout) { return list_directory(layout.pins_dir()); }

std::optional<VariantName> variant_of_obj_file(std::string_view name) {
  constexpr std::string_view postfix = ".o";
  if (!name.ends_with(postfix)) return std::nullopt;
  return parse_variant_name(name.substr(0, name.size() - postfix.size()));
}

std::optional<std::string_view> signature_of_obj_file(std::string_view name) {
  const std::optional<VariantName> variant = variant_of_obj_file(name);
  return variant ? std::optional(variant->signature) : std::nullopt;
}

std::optional<std::string_view> signature_of_file(const Layout& layout, Category category, std::string_view name) {
  const CacheParams& params = layout.params();
  const std::string lib_prefix = params.lib_prefix + params.lib_basename;
  std::string_view prefix, postfix;
  switch (category) {
    case Category::inc:
      postfix = params.inc_postfix;
      break;
    case Category::src:
      postfix = params.src_postfix;
      if (name.ends_with(".gz")) name.remove_suffix(3);
      break;
    case Category::lib:
      prefix = lib_prefix;
      postfix = params.lib_postfix;
      break;
    case Category::log:
      postfix = params.log_postfix;
      break;
    case Category::obj:
    case Category::pch: {
      const std::optional<std::string_view> signature = signature_of_obj_file(name);
      return signature && is_signature(*signature) ? signature : std::nullopt;
    }
  }
  if (name.size() <= prefix.size() + postfix.size() || !name.starts_with(prefix) || !name.ends_with(postfix))
    return std::nullopt;
  name = name.substr(prefix.size(), name.size() - prefix.size() - postfix.size());
  return is_signature(name) ? std::optional(name) : std::nullopt;
}

std::vector<StoredSignature> stored_signatures(const DirectoryContents& obj) {
  std::vector<std::string_view> names;
  for (const StoredFile& file : obj.files)
    if (const auto signature = signature_of_obj_file(file.name)) names.push_back(*signature);
  // Sorts again: files are sorted by whole name, where "a.0123456789abcdef.o" may come between variants of another
  // signature.
  std::ranges::sort(names);
  std::vector<StoredSignature> signatures;
  for (const std::string_view name : names) {
    if (signatures.empty() || signatures.back().signature != name) signatures.push_back({std::string(name), 0});
    ++signatures.back().variants;
  }
  return signatures;
}

}  // namespace dijitso::cache
