// cache::check_cache_integrity. All files are compared with the verified entries, which are read one after the other;
// only a few digests of each are kept. A derived file is written for the variant that was published last, so it must
// agree with one of the variants.
//
// Other processes may publish and remove files during the check, and a disk may fail once. So a fault is reported only
// when a second check, which begins after the first has ended, finds it in the same file: an entry is published before
// its derived files, so the second check sees it. Modules that a process is building are left out. Tested in
// unittests/cache/integrity_test.cpp.
#include "cache/inspect/integrity.h"

#include "cache/api/api.h"
#include "cache/format/shared_library.h"
#include "cache/store/entry_files.h"
#include "cache/store/own_files.h"
#include "cache/store/stamp.h"
#include "support/claim.h"
#include "support/elf_dynamic.h"

#include <dijitso/log.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

// Digests of all variants of one signature, to check other files against.
struct Known {
  std::set<Digest> identities, headers, sources;
};

// A variant that a library may have been made from, and the dependencies that its libraries must have been made from.
struct Variant {
  std::string signature;
  std::vector<Dependency> dependencies;
};

class Check {
 public:
  // Modules that are `being_built` are not checked, because some of their files may not exist yet.
  Check(const CacheParams& params, std::set<std::string, std::less<>> being_built)
      : layout_(params), own_(layout_), unchecked_(std::move(being_built)) {}

  std::map<fs::path, Faulty> run() {
    // A module here may depend on one in a read-only directory.
    const std::vector<Layout> layers = layers_of(layout_.params());
    for (const Layout& layer : layers) read_layer(layer, &layer == &layers.front());
    for (const fs::path& file : files_of(layout_, Category::pch)) look(file, [&] { read_entry(file, true); });
    check_dependencies();
    for (const Category category : derived_categories)
      for (const fs::path& file : files_of(layout_, category)) look(file, [&] { check_derived(category, file); });
    check_needed_libraries();
    return std::move(report_);
  }

 private:
  template <class Action>
  void look(const fs::path& file, Action action) {
    marks_[file] = mark_of(file);
    try {
      action();
    } catch (const FileError& error) {
      add(file, error.what());
    } catch (const CacheError& error) {
      add(file, error.what());
    }
  }

  void add(const fs::path& file, std::string reason) {
    Faulty& faulty = report_[file];
    faulty.mark = marks_[file];
    faulty.reasons.push_back(std::move(reason));
  }

  // Returns nullopt unless the entry is sound. Faults are reported only of files of this cache, not of read-only ones.
  std::optional<Entry> read_entry(const fs::path& file, bool is_own) {
    EntryReading reading = inspect_entry(file);
    if (reading.is_sound()) return std::move(reading.stored.entry);
    if (reading.state == EntryState::absent) return std::nullopt;
    if (reading.state == EntryState::misnamed) {
      if (is_own) add(file, "its name is wrong: " + reading.reason);
      return std::nullopt;
    }
    if (reading.state == EntryState::damaged && is_own) add(file, "it is damaged: " + reading.reason);
    if (reading.state == EntryState::unreadable) add(file, reading.reason);
    // Dependencies on this module, and its derived files, cannot be checked.
    unchecked_.emplace(*signature_of_obj_file(file.filename().native()));
    return std::nullopt;
  }

  void remember(const Entry& entry) {
    Known& known = known_[entry.signature];
    const Digest identity = entry.identity();
    known.identities.insert(identity);
    known.headers.insert(blake3(entry.header));
    known.sources.insert(entry.source);
    for (const Digest& origin : origins_of(entry.signature, identity))
      variants_[origin] = {entry.signature, entry.dependencies};
  }

  void read_layer(const Layout& layer, bool is_own) {
    for (const fs::path& file : files_of(layer, Category::obj))
      look(file, [&] {
        const std::optional<Entry> entry = read_entry(file, is_own);
        if (!entry) return;
        remember(*entry);
        if (is_own && !entry->dependencies.empty()) dependencies_[file] = entry->dependencies;
      });
  }

  // The origins of the two possible libraries of a variant: for the dynamic loader, and for Python.
  std::array<Digest, 2> origins_of(const std::string& signature, const Digest& identity) const {
    const std::string soname = layout_.lib_file(signature).filename();
    return {origin_of_library(identity, soname, false), origin_of_library(identity, soname, true)};
  }

  void check_dependencies() {
    for (const auto& [file, dependencies] : dependencies_)
      for (const Dependency& dependency : dependencies) {
        if (unchecked_.contains(dependency.signature)) continue;
        const auto known = known_.find(dependency.signature);
        if (known == known_.end())
          add(file, "it depends on the module '" + dependency.signature + "', which is not in the cache");
        else if (!known->second.identities.contains(dependency.identity))
          add(file, "it depends on a variant of the module '" + dependency.signature + "' that is not in the cache");
      }
  }

  void check_derived(Category category, const fs::path& file) {
    const std::string signature(*signature_of_file(layout_, category, file.filename().native()));
    if (!own_.contains(category, file)) return;
    if (category == Category::lib) check_library(file, signature);
    if (unchecked_.contains(signature)) return;
    const auto known = known_.find(signature);
    if (known == known_.end())
      return add(file, "it belongs to the module '" + signature + "', which is not in the cache");
    if (category != Category::inc && category != Category::src) return;
    const std::set<Digest>& expected = category == Category::inc ? known->second.headers : known->second.sources;
    const std::optional<std::string> text = read_stored_text(file);
    if (text && !expected.contains(blake3(*text)))
      add(file, "its content is not that of any variant of the module '" + signature + "'");
  }

  void check_library(const fs::path& file, const std::string& signature) {
    const std::optional<ElfDynamic> library = read_elf_dynamic(file);
    if (!library) return add(file, "it is not a whole shared library");
    std::error_code ignored;
    for (const std::string& needed : library->needed)
      if (signature_of_file(layout_, Category::lib, needed) && !fs::exists(layout_.lib_dir() / needed, ignored))
        add(file, "it needs the library '" + needed + "', which is not in the cache");
    const std::optional<Bytes> bytes = inspect_file(file);
    if (!bytes) return;
    const std::optional<Digest> origin = library_origin(*bytes);
    if (!origin) return add(file, fault_of_library(*bytes));
    const auto variant = variants_.find(*origin);
    if (variant != variants_.end() && variant->second.signature == signature) {
      libraries_[signature] = *origin;
      return;
    }
    if (known_.contains(signature) && !unchecked_.contains(signature))
      add(file, "it was made of no variant of the module '" + signature + "' that is in the cache, or for other names");
  }

  // A library was linked with the libraries that its dependencies had then, so these must still be the same.
  void check_needed_libraries() {
    for (const auto& [signature, origin] : libraries_)
      for (const Dependency& dependency : variants_.at(origin).dependencies) {
        const auto needed = libraries_.find(dependency.signature);
        if (needed == libraries_.end()) continue;  // missing or not sound, which is reported already
        if (std::ranges::count(origins_of(dependency.signature, dependency.identity), needed->second) == 0)
          add(layout_.lib_file(signature), "the library '" +
                                               layout_.lib_file(dependency.signature).filename().string() +
                                               "' that it needs was made anew of another variant");
      }
  }

  Layout layout_;
  OwnFiles own_;
  std::map<fs::path, Faulty> report_;
  std::map<fs::path, std::optional<FileMark>> marks_;
  std::map<std::string, Known, std::less<>> known_;
  std::map<Digest, Variant> variants_;            // by the origin of their library
  std::map<std::string, Digest> libraries_;       // the origins of libraries that fit their module
  std::set<std::string, std::less<>> unchecked_;  // being built, or with a variant that could not be read
  std::map<fs::path, std::vector<Dependency>> dependencies_;
};

std::set<std::string, std::less<>> being_built(const CacheParams& params) {
  std::set<std::string, std::less<>> signatures;
  const DirectoryContents claims = list_claims(Layout(params));
  for (const StoredFile& file : claims.files) try {
      const std::optional<VariantName> name = parse_variant_name(file.name);
      const std::optional<ClaimSeen> claim = look_at_claim(claims.dir / file.name);
      if (name && claim && !claim->is_stale) signatures.emplace(name->signature);
    } catch (const FileError&) {
      // A claim that cannot be read does not show whether a process is building.
    }
  return signatures;
}

// The reasons that both checks found, for files that did not change in between.
std::map<fs::path, Faulty> found_twice(const std::map<fs::path, Faulty>& first,
                                       const std::map<fs::path, Faulty>& again) {
  std::map<fs::path, Faulty> faults;
  for (const auto& [file, faulty] : first) {
    const auto found = again.find(file);
    if (found == again.end() || found->second.mark != faulty.mark) continue;
    Faulty both{faulty.mark, {}};
    for (const std::string& reason : faulty.reasons)
      if (std::ranges::count(found->second.reasons, reason) > 0) both.reasons.push_back(reason);
    if (!both.reasons.empty()) faults[file] = std::move(both);
  }
  return faults;
}

}  // namespace

std::optional<FileMark> mark_of(const fs::path& file) {
  struct stat info;
  if (::lstat(file.c_str(), &info) != 0) return std::nullopt;
  return FileMark{info.st_dev, info.st_ino, info.st_size, ns_of(info.st_mtim)};
}

std::map<fs::path, Faulty> find_faults(const CacheParams& params) {
  std::map<fs::path, Faulty> first = Check(params, {}).run();
  return first.empty() ? first : found_twice(first, Check(params, being_built(params)).run());
}

IntegrityReport check_cache_integrity(const CacheParams& params) {
  IntegrityReport report;
  for (auto& [file, faulty] : find_faults(params)) report[file] = std::move(faulty.reasons);
  return report;
}

void report_cache_integrity(const IntegrityReport& report, const std::function<void(const std::string&)>& out) {
  const auto say = [&](const std::string& line) { out ? out(line) : log::get_logger().warning(line); };
  if (report.empty()) say("The cache is intact.");
  for (const auto& [file, reasons] : report)
    for (const std::string& reason : reasons) say(file + ": " + reason);
}

}  // namespace dijitso::cache
