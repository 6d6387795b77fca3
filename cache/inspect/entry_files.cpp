// Tested in unittests/cache/entry_files_test.cpp.
#include "cache/inspect/entry_files.h"

#include "cache/inspect/query.h"
#include "support/file.h"

#include <algorithm>
#include <system_error>
#include <tuple>

namespace dijitso::cache {
namespace {

std::vector<EntryFile> list_directory(const Layout& layout) {
  std::vector<EntryFile> variants;
  const DirectoryContents contents = list_category(layout, Category::obj);
  for (const StoredFile& file : contents.files) {
    const auto signature = signature_of_file(layout, Category::obj, file.name);
    if (!signature) continue;
    std::error_code gone;
    EntryFile variant{
        std::string(*signature), file.name.substr(signature->size() + 1, 16), contents.dir / file.name, file.bytes, {}};
    variant.time = std::filesystem::last_write_time(variant.file, gone);
    if (!gone) variants.push_back(std::move(variant));
  }
  std::ranges::sort(variants, [](const EntryFile& a, const EntryFile& b) {
    return std::tie(a.signature, b.time, a.slot) < std::tie(b.signature, a.time, b.slot);
  });
  return variants;
}

}  // namespace

std::vector<EntryFile> list_entry_files(const CacheParams& params) {
  std::vector<EntryFile> variants = list_directory(Layout(params));
  for (const std::string& root : params.readonly_dirs) {
    CacheParams theirs = params;
    theirs.cache_dir = root;
    std::vector<EntryFile> more = list_directory(Layout(theirs));
    std::ranges::move(more, std::back_inserter(variants));
  }
  return variants;
}

std::variant<StoredEntry, std::string> read_entry_file(const EntryFile& variant) {
  try {
    std::optional<Bytes> bytes = inspect_file(variant.file);
    if (!bytes) return "it is not there any more";
    std::variant<Entry, Damage> decoded = decode(*bytes);
    if (const auto* damage = std::get_if<Damage>(&decoded)) return damage->reason;
    auto& entry = std::get<Entry>(decoded);
    if (entry.signature != variant.signature) return "it contains the module '" + entry.signature + "'";
    return StoredEntry{std::move(entry), std::make_shared<const Bytes>(std::move(*bytes))};
  } catch (const FileError& error) {
    return std::system_category().message(error.error_number());
  }
}

}  // namespace dijitso::cache
