#include "cache/store/own_files.h"

#include "support/file.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <system_error>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view tag_content =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This directory was made by dijitso, a cache of compiled code. What is in it may be deleted at any time.\n"
    "# For information about cache directory tags, see https://bford.info/cachedir/\n";

bool cannot_be_written(const fs::path& file) {
  struct stat info;
  return ::lstat(file.c_str(), &info) == 0 && (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

void tag_as_cache(const fs::path& directory) noexcept {
  try {
    publish_beside(directory / cache_tag_name, as_bytes(tag_content), 0444, Publish::first_wins, Durability::relaxed);
  } catch (const std::exception&) {
  }
}

bool is_tagged_as_cache(const fs::path& directory) {
  try {
    const std::optional<Bytes> content = inspect_file(directory / cache_tag_name);
    return content && as_text(*content) == tag_content;
  } catch (const FileError&) {
    return false;
  }
}

bool is_empty_directory(const fs::path& directory) {
  std::error_code error;
  const bool is_empty = fs::is_empty(directory, error);
  return is_empty || error == std::errc::no_such_file_or_directory;
}

bool is_in_tagged_directory(const Layout& layout, const fs::path& file) {
  const std::string root = (layout.root() / "").lexically_normal().native();
  const bool is_below_root = file.lexically_normal().native().starts_with(root);
  return (is_below_root && is_tagged_as_cache(layout.root())) || is_tagged_as_cache(file.parent_path());
}

bool OwnFiles::contains(Category category, const fs::path& file) {
  if (std::ranges::find(derived_categories, category) == derived_categories.end()) return true;
  const auto [directory, is_new] = tagged_.try_emplace(file.parent_path());
  if (is_new) directory->second = is_in_tagged_directory(layout_, file);
  if (directory->second) return true;
  const std::string name = file.filename();
  const auto signature = signature_of_file(layout_, category, name);
  return signature && cannot_be_written(file) && has_entry(std::string(*signature));
}

bool OwnFiles::has_entry(const std::string& signature) {
  if (!signatures_) {
    signatures_.emplace();
    for (StoredSignature& stored : stored_signatures(list_category(layout_, Category::obj)))
      signatures_->insert(std::move(stored.signature));
  }
  return signatures_->contains(signature);
}

}  // namespace dijitso::cache
