// An item is a set of files that are removed together: an entry, a precompiled header, a file in quarantine, or the
// derived files of a module that has no entry. Items are sorted by last use, oldest first; for equal times, dependents
// come before their dependencies. A dependency counts as used when its dependents were. So the end of this list, from
// any position on, contains all dependencies of its items, and pruning removes items from the front.
//
// A lookup walks along slots (lookup.h) and finds later slots only through the variant in the first. So the remaining
// variants are moved to the slots where lookups now search for them. Tested in unittests/cache/gc_test.cpp.
#include "cache/prune/gc.h"

#include "cache/api/api.h"
#include "cache/inspect/catalog.h"
#include "cache/prune/pins.h"
#include "cache/prune/prune.h"
#include "cache/store/directory.h"
#include "cache/store/lookup.h"
#include "cache/store/own_files.h"
#include "cache/store/usage_records.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

using Time = std::int64_t;  // seconds since 1970
constexpr Time always = std::numeric_limits<Time>::max();

struct File {
  fs::path path;
  std::uint64_t bytes = 0;
  Time used = 0;
};

struct Item {
  std::vector<File> files;
  Time used = 0;
  std::size_t rank = 0;  // dependencies have higher ranks than their dependents
  const Variant* variant = nullptr;
};

std::optional<File> look(const fs::path& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return File{path, static_cast<std::uint64_t>(info.st_size), std::max<Time>(info.st_mtime, info.st_atime)};
}

class Collector {
 public:
  Collector(const CacheParams& params, const GcOptions& options)
      : params_(params), layout_(params), options_(options), catalog_(without_layers(params)) {}

  GcResult run(const Progress& progress) {
    add_entries(progress);
    add_derived();
    for (const fs::path& path : files_of(layout_, Category::pch)) add_single(path);
    for (const StoredFile& file : list_quarantine(layout_).files) add_single(layout_.quarantine_dir() / file.name);
    std::ranges::stable_sort(
        items_, [](const Item& a, const Item& b) { return std::tie(a.used, a.rank) < std::tie(b.used, b.rank); });
    remove();
    if (!options_.dryrun) find_new_slots();
    if (failed_) throw CacheError(std::string(failed_->what()) + "; what could be removed is removed");
    return std::move(result_);
  }

 private:
  // Only the user's own cache is collected, and only dependencies of its own modules are considered.
  static CacheParams without_layers(CacheParams params) {
    params.readonly_dirs.clear();
    return params;
  }

  void add_single(const fs::path& path) {
    if (const std::optional<File> file = look(path)) items_.push_back({{*file}, file->used});
  }

  void add_entries(const Progress& progress) {
    const std::vector<const Variant*> all = catalog_.all(progress);
    const std::vector<const Variant*> order = dependency_order(catalog_, all);
    std::map<const Variant*, std::size_t> items;
    std::set<std::string> pinned;
    if (options_.keep_pinned)
      for (std::string& name : pinned_modules(params_)) pinned.insert(std::move(name));
    const auto add = [&](const Variant* variant, std::size_t rank) {
      const std::optional<File> file = look(variant->file);
      if (!file) return;
      const Time used = pinned.contains(variant->signature) ? always : file->used;
      items[variant] = items_.size();
      items_.push_back({{*file}, used, rank, variant});
    };
    // Dependents come first, so that the time of each is final before it is passed on to its dependencies.
    for (std::size_t i = order.size(); i-- > 0;) add(order[i], order.size() - i);
    for (std::size_t i = order.size(); i-- > 0;) {
      const auto dependent = items.find(order[i]);
      if (dependent == items.end()) continue;
      for (const Dependency& dependency : order[i]->dependencies) {
        const auto needed = items.find(catalog_.find(dependency));
        if (needed == items.end()) continue;
        Time& used = items_[needed->second].used;
        used = std::max(used, items_[dependent->second].used);
      }
    }
    for (const Variant* variant : all)  // the same variant again, in another slot
      if (!items.contains(variant)) add(variant, 0);
    for (const Item& item : items_)
      if (item.variant) ++variants_left_[item.variant->signature];
    for (const UnusableFile& file : catalog_.unusable()) {
      add_single(file.file);
      // The entry may be sound, so its derived files stay for now.
      if (file.state == EntryState::unreadable)
        ++variants_left_[std::string(*signature_of_obj_file(file.file.filename().native()))];
    }
  }

  // Derived files are removed together with the last variant of their module.
  void add_derived() {
    OwnFiles own(layout_);
    std::map<std::string, std::vector<File>> without_entry;
    for (const Category category : derived_categories)
      for (const fs::path& path : files_of(layout_, category)) {
        std::optional<File> file = look(path);
        if (!file || !own.contains(category, path)) continue;
        std::string signature(*signature_of_file(layout_, category, path.filename().native()));
        if (variants_left_.contains(signature)) {
          kept_bytes_ += file->bytes;
          derived_[std::move(signature)].push_back(std::move(*file));
        } else {
          without_entry[std::move(signature)].push_back(std::move(*file));
        }
      }
    for (auto& [signature, files] : without_entry) {
      const Time used = std::ranges::max_element(files, {}, &File::used)->used;
      items_.push_back({std::move(files), used});
    }
  }

  void remove() {
    const Time oldest = options_.older_than ? std::time(nullptr) - options_.older_than->count() : 0;
    const std::uint64_t most = options_.max_bytes.value_or(std::numeric_limits<std::uint64_t>::max());
    for (const Item& item : items_)
      for (const File& file : item.files) kept_bytes_ += file.bytes;
    std::size_t next = 0;
    for (; next < items_.size(); ++next) {
      const Item& item = items_[next];
      if (item.used == always || (item.used >= oldest && kept_bytes_ <= most)) break;
      for (const File& file : item.files) remove(file);
      if (item.variant && --variants_left_[item.variant->signature] == 0) {
        for (const File& file : derived_[item.variant->signature]) remove(file);
        derived_.erase(item.variant->signature);
      }
      if (item.variant) touched_.insert(item.variant->signature);
    }
    for (; next < items_.size(); ++next) keep(items_[next]);
    for (const auto& [signature, files] : derived_) result_.kept_files += files.size();
    result_.kept_bytes = kept_bytes_;
  }

  void keep(const Item& item) {
    result_.kept_files += item.files.size();
    if (item.variant) kept_.push_back(item.variant);
  }

  void remove(const File& file) {
    if (!options_.dryrun) {
      const std::optional<File> now = look(file.path);
      if (now && now->used > file.used) return;  // it has been used meanwhile
      try {
        if (now) remove_file(file.path);
      } catch (const FileError& error) {
        if (!failed_) failed_ = error;
        return;
      }
    }
    result_.removed.push_back(file.path);
    result_.removed_bytes += file.bytes;
    kept_bytes_ -= file.bytes;
  }

  // Starts with the newest variant: it is requested most often, so it should get the first slot of the chain.
  void find_new_slots() {
    Store store(params_);
    store.only_inspect();
    FileDigests files;
    for (auto variant = kept_.rbegin(); variant != kept_.rend(); ++variant) {
      if (!touched_.contains((*variant)->signature)) continue;
      const EntryReading reading = inspect_entry((*variant)->file);
      if (!reading.is_sound()) continue;
      const Lookup place = place_of(store, reading.stored.entry, files);
      if (place.hit || place.slot_taken) continue;
      const fs::path target = layout_.obj_file((*variant)->signature, place.slot);
      if (::link((*variant)->file.c_str(), target.c_str()) != 0) continue;  // the module is built again when needed
      ::unlink((*variant)->file.c_str());
      ++result_.moved;
    }
  }

  CacheParams params_;
  Layout layout_;
  GcOptions options_;
  Catalog catalog_;
  std::vector<Item> items_;
  std::map<std::string, std::size_t> variants_left_;
  std::map<std::string, std::vector<File>> derived_;
  std::uint64_t kept_bytes_ = 0;
  std::set<std::string> touched_;  // signatures
  std::vector<const Variant*> kept_;
  std::optional<FileError> failed_;
  GcResult result_;
};

}  // namespace

GcResult collect_garbage(const CacheParams& params, const GcOptions& options, const Progress& progress) {
  Directory directory(params, Directory::Role::own);
  directory.require_trusted("nothing is removed");
  GcResult result = Collector(params, options).run(progress);
  if (!options.dryrun) {
    directory.remove_leftovers();
    prune_precompiled(params);
    merge_records(directory);
  }
  return result;
}

}  // namespace dijitso::cache
