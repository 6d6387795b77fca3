#include "cache/store/entry_files.h"

#include "cache/inspect/query.h"
#include "support/file.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>
#include <variant>

namespace dijitso::cache {

std::vector<EntryFile> list_entry_files(const Layout& layout) {
  std::vector<EntryFile> found;
  const DirectoryContents contents = list_category(layout, Category::obj);
  for (const StoredFile& file : contents.files)
    if (const auto name = variant_of_obj_file(file.name); name && is_signature(name->signature))
      found.push_back(
          {std::string(name->signature), name->slot, contents.dir / file.name, file.bytes, file.written_ns});
  return found;
}

void sort_newest_first(std::vector<EntryFile>& files) {
  std::ranges::sort(files, [](const EntryFile& a, const EntryFile& b) {
    return std::tie(a.signature, b.written_ns, a.slot) < std::tie(b.signature, a.written_ns, b.slot);
  });
}

std::vector<EntryFile> list_entry_files(const CacheParams& params) {
  std::vector<EntryFile> all;
  for (const Layout& layer : layers_of(params)) {
    std::vector<EntryFile> found = list_entry_files(layer);
    sort_newest_first(found);
    std::ranges::move(found, std::back_inserter(all));
  }
  return all;
}

EntryReading read_entry(const std::function<std::optional<Bytes>()>& read) {
  try {
    std::optional<Bytes> bytes = read();
    if (!bytes) return {EntryState::absent, "it is not there any more"};
    std::variant<Entry, Damage> decoded = decode(*bytes);
    if (const auto* damage = std::get_if<Damage>(&decoded))
      return {damage->other_schema ? EntryState::other_schema : EntryState::damaged, damage->reason};
    return {.state = EntryState::sound,
            .stored = {std::get<Entry>(std::move(decoded)), std::make_shared<const Bytes>(std::move(*bytes))}};
  } catch (const FileError& error) {
    return {EntryState::unreadable, error.what(), error.error_number()};
  }
}

EntryReading inspect_entry(const std::filesystem::path& file) {
  EntryReading reading = read_entry([&] { return inspect_file(file); });
  const std::string& signature = reading.stored.entry.signature;
  if (reading.is_sound() && signature_of_obj_file(file.filename().native()) != signature)
    return {EntryState::misnamed, "it contains the module '" + signature + "'"};
  return reading;
}

}  // namespace dijitso::cache
