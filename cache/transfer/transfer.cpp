// Export reads the chosen entries twice: to find their dependencies, and to write them. Import unpacks the archive
// twice: to verify all of it, and to publish. So both hold only one entry in memory besides the compressed file. An
// entry is imported into the slot where its lookup will search (place_of). That depends on the entries already in the
// cache and not on the slot of the entry in the other cache. Tested in unittests/cache/transfer_test.cpp.
#include "cache/api/api.h"
#include "cache/inspect/catalog.h"
#include "cache/store/directory.h"
#include "cache/store/lookup.h"
#include "cache/transfer/archive.h"

#include <dijitso/error.h>

#include <set>
#include <utility>

namespace dijitso::cache {
namespace {

constexpr unsigned archive_mode = 0644;

std::vector<const Variant*> chosen(Catalog& catalog, const std::vector<std::string>& modules) {
  if (modules.empty()) return catalog.all();
  std::vector<const Variant*> variants;
  for (const std::string& module : modules) {
    const std::size_t unusable = catalog.unusable().size();
    const std::vector<const Variant*> found = catalog.find(module);
    if (found.empty() && unusable == catalog.unusable().size())
      throw CacheError("the cache has no module '" + module + "'; 'dijitso-cache show --signatures' lists all");
    variants.insert(variants.end(), found.begin(), found.end());
  }
  return variants;
}

Bytes pack(const std::vector<const Variant*>& variants, const Progress& progress) {
  std::vector<ArchiveMember> members;
  for (const Variant* variant : variants) members.push_back({variant->name() + ".o", variant->bytes});
  ArchiveWriter archive(members);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const std::optional<Bytes> bytes = inspect_file(variants[i]->file);
    if (!bytes || bytes->size() != members[i].size)
      throw CacheError("'" + variants[i]->file.string() + "' was removed or replaced meanwhile; try again");
    archive.add(members[i], *bytes);
    if (progress) progress(i + 1, variants.size());
  }
  return archive.finish();
}

std::vector<std::string> left_out(const Catalog& catalog, std::vector<std::string> reasons) {
  for (const UnusableFile& file : catalog.unusable())
    reasons.push_back(file.state == EntryState::unreadable ? file.reason
                                                           : "'" + file.file.string() + "': " + file.reason);
  return reasons;
}

// Checks that entries are sound and come after their dependencies.
class Checker {
 public:
  // `name` is the file name in obj/, for the error. CacheError unless the entry is sound and all its dependencies came
  // before it.
  Entry check(ByteView bytes, const std::string& name) {
    Entry entry = decode_or_throw<CacheError>(bytes, "the entry '" + name + "' cannot be used: ");
    if (!is_signature(entry.signature))
      throw CacheError("the entry '" + name + "' is of a module whose name cannot be used");
    for (const Dependency& dependency : entry.dependencies)
      if (!known_.contains({dependency.signature, dependency.identity}))
        throw CacheError("the entry '" + name + "' needs '" + dependency.signature + "', which is not before it");
    known_.emplace(entry.signature, entry.identity());
    return entry;
  }

 private:
  std::set<std::pair<std::string, Digest>> known_;
};

// Calls `take(entry, bytes, number of entries)` for each entry of the archive.
template <class Take>
void for_each_entry(ByteView archive, const std::string& file, Take take) {
  ArchiveReader reader(archive, file);
  Checker checker;
  for (std::size_t i = 0; std::optional<Bytes> bytes = reader.next(); ++i) {
    const std::string& name = reader.members()[i].name;
    const Entry entry = checker.check(*bytes, name);
    if (signature_of_obj_file(name) != entry.signature)
      throw CacheError("the entry '" + name + "' has a wrong name: it is of the module '" + entry.signature + "'");
    take(entry, *bytes, reader.members().size());
  }
}

Bytes read_whole(const std::string& file) {
  std::optional<Bytes> bytes = read_file(file);
  if (!bytes) throw CacheError("there is no file '" + file + "'");
  return std::move(*bytes);
}

// Publishes verified entries.
class Importer {
 public:
  Importer(const CacheParams& params, bool dryrun) : store_(params), dryrun_(dryrun) {}

  void add(const Entry& entry, ByteView bytes) {
    const Lookup place = place_of(store_, entry, files_);
    if (place.hit) {
      ++result_.present;
      return;
    }
    ++result_.imported;
    if (dryrun_) return;
    if (const auto failed = store_.publish_imported(entry, place.slot, bytes, place.slot_taken))
      throw CacheError("'" + entry.signature + "' cannot be imported: " + *failed + " (" +
                       std::to_string(result_.imported - 1) + " entries were imported before)");
  }

  ImportResult result() const { return result_; }

 private:
  Store store_;
  bool dryrun_;
  FileDigests files_;
  ImportResult result_;
};

}  // namespace

ExportResult export_modules(const std::vector<std::string>& modules, const std::string& file, const CacheParams& params,
                            bool dryrun, const Progress& progress) {
  return as_cache_error([&] {
    Directory(params, Directory::Role::own).require_trusted("nothing is exported from the cache directory");
    ExportResult result;
    Catalog catalog(params);
    const std::vector<const Variant*> variants = closure(catalog, chosen(catalog, modules), result.left_out);
    result.left_out = left_out(catalog, std::move(result.left_out));
    if (variants.empty())
      throw CacheError("there is nothing to export" +
                       (result.left_out.empty() ? ": the cache directory '" + params.cache_dir + "' has no modules"
                                                : "; the first reason is: " + result.left_out.front()));
    for (const Variant* variant : variants) result.modules.push_back(variant->name());
    if (dryrun) return result;
    const Bytes archive = pack(variants, progress);
    if (archive.size() > max_file_size)
      throw CacheError("the archive would have more than " + std::to_string(max_file_size) + " bytes; make several");
    publish_beside(file, archive, archive_mode, Publish::replace);
    result.bytes = archive.size();
    return result;
  });
}

ImportResult import_modules(const std::string& file, const CacheParams& params, bool dryrun, const Progress& progress) {
  return as_cache_error([&] {
    const Bytes archive = read_whole(file);
    std::size_t done = 0;
    const auto count = [&](std::size_t all) {
      if (progress) progress(++done, 2 * all);
    };
    for_each_entry(archive, file, [&](const Entry&, ByteView, std::size_t all) { count(all); });
    Importer importer(params, dryrun);
    for_each_entry(archive, file, [&](const Entry& entry, ByteView bytes, std::size_t all) {
      importer.add(entry, bytes);
      count(all);
    });
    return importer.result();
  });
}

std::vector<std::vector<std::uint8_t>> read_archive(const std::string& file) {
  return as_cache_error([&] {
    std::vector<Bytes> entries;
    for_each_entry(read_whole(file), file,
                   [&](const Entry&, Bytes& bytes, std::size_t) { entries.push_back(std::move(bytes)); });
    return entries;
  });
}

ImportResult publish_entries(const std::vector<std::vector<std::uint8_t>>& entries, const CacheParams& params) {
  Checker checker;
  std::vector<Entry> sound;
  for (std::size_t i = 0; i < entries.size(); ++i)
    sound.push_back(checker.check(entries[i], "number " + std::to_string(i + 1)));
  Importer importer(params, false);
  for (std::size_t i = 0; i < entries.size(); ++i) importer.add(sound[i], entries[i]);
  return importer.result();
}

}  // namespace dijitso::cache
