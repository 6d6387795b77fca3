// Checks three things one after the other: who may write here, whether each entry is whole, and (with `all`) whether
// all files fit together, by find_faults(). Tested in unittests/cache/verify_test.cpp.
#include "cache/inspect/verify.h"

#include "cache/api/api.h"
#include "cache/format/precompiled.h"
#include "cache/inspect/catalog.h"
#include "cache/inspect/integrity.h"
#include "cache/store/directory.h"
#include "cache/store/own_files.h"
#include "cache/store/store.h"
#include "support/directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <utility>

namespace dijitso::cache {
namespace {

namespace fs = std::filesystem;

class Verification {
 public:
  Verification(const CacheParams& params, bool repair) : params_(params), layout_(params), repair_(repair) {}

  VerifyResult run(bool all, const Progress& progress) {
    check_directories();
    const std::size_t entries = list(Category::obj).size();
    const std::size_t precompiled = all ? list(Category::pch).size() : 0;
    const Progress of_both = [&](std::size_t done, std::size_t) {
      if (progress) progress(done, entries + precompiled);
    };
    read_all(params_, of_both);
    if (all) {
      read_all(params_of_precompiled(params_), [&](std::size_t done, std::size_t) { of_both(entries + done, 0); });
      check_the_whole();
    }
    return std::move(result_);
  }

 private:
  void add(const fs::path& path, Fault fault, std::string reason, bool repaired = false) {
    result_.findings.push_back({path, fault, std::move(reason), repaired});
  }

  // When the directory cannot be listed, adds a finding and returns an empty list.
  std::vector<fs::path> list(Category category) {
    try {
      std::vector<fs::path> files = files_of(layout_, category);
      result_.files += files.size();
      return files;
    } catch (const CacheError& error) {
      add(layout_.root(), Fault::unreadable, error.what());
      return {};
    }
  }

  void check_directories() {
    const Directory directory(params_, Directory::Role::own);
    const fs::path precompiled = category_dir(layout_, Category::pch);
    const std::set<fs::path> paths = {layout_.obj_dir(), layout_.inc_dir(), layout_.lib_dir(), precompiled};
    // Whoever can write to the root or replace it can replace everything in it, so one finding is enough.
    if (const auto objection = directory.objection_to(layout_.root())) {
      add(layout_.root(), Fault::untrusted, *objection);
    } else {
      for (const fs::path& path : paths)
        if (const auto within = directory.objection_to(path)) add(path, Fault::untrusted, *within);
    }
    for (const fs::path& path : {layout_.obj_dir(), precompiled}) check_files(directory, path);
  }

  // Even when only the user may write to the directory now, files of others may be left from a time when others could.
  void check_files(const Directory& directory, const fs::path& dir) {
    for_each_name(dir, [&](const char* name) {
      const fs::path file = dir / name;
      struct stat info;
      if (!signature_of_file(layout_, Category::obj, name) || ::lstat(file.c_str(), &info) != 0) return;
      if (!S_ISREG(info.st_mode))
        add(file, Fault::untrusted, "it is not a plain file; remove it");
      else if (const std::string objection = directory.objection_to(info); !objection.empty())
        add(file, Fault::untrusted, objection + "; remove it, or run: chmod go-w");
    });
  }

  // Reads all entries, or all precompiled headers.
  void read_all(const CacheParams& params, const Progress& progress) try {
    CacheParams own = params;
    own.readonly_dirs.clear();
    Catalog catalog(own);
    catalog.all(progress);
    for (const UnusableFile& file : catalog.unusable()) {
      if (file.state == EntryState::other_schema) continue;
      checked_.insert(file.file);
      if (is_sound_or_gone(file.file)) continue;
      const bool is_damaged = file.state != EntryState::unreadable;
      const bool repaired = is_damaged && repair_ && Store(own).quarantine(file.file, file.reason);
      add(file.file, is_damaged ? Fault::corrupt : Fault::unreadable, file.reason, repaired);
    }
  } catch (const CacheError&) {
    // The directory cannot be listed; list() has added a finding.
  }

  // Checks the file again, because it may have been replaced, or the disk may have failed only once.
  static bool is_sound_or_gone(const fs::path& file) {
    const EntryState state = inspect_entry(file).state;
    return state == EntryState::sound || state == EntryState::absent;
  }

  void check_the_whole() {
    for (const Category category : derived_categories) list(category);
    std::map<fs::path, Faulty> faults;
    try {
      faults = find_faults(params_);
    } catch (const CacheError&) {
      return;
    }
    OwnFiles own(layout_);
    for (const auto& [path, faulty] : faults) {
      const bool is_readable = ::access(path.c_str(), R_OK) == 0;  // before it is known not to be gone
      if (checked_.contains(path) || mark_of(path) != faulty.mark) continue;
      const bool repaired = repair_ && is_readable && is_own_derived(own, path) && remove(path, faulty.mark);
      for (const std::string& reason : faulty.reasons)
        add(path, is_readable ? Fault::corrupt : Fault::unreadable, reason, repaired);
    }
  }

  bool is_own_derived(OwnFiles& own, const fs::path& file) const {
    for (const Category category : derived_categories)
      if (file.parent_path() == category_dir(layout_, category) && own.contains(category, file)) return true;
    return false;
  }

  // Renames the file before it is deleted: another process may have replaced it by a good one, which is then put back.
  bool remove(const fs::path& file, const std::optional<FileMark>& judged) {
    Directory directory(params_, Directory::Role::own);
    if (directory.create(file.parent_path())) return false;
    const fs::path aside = directory.temp_dir_for(file.parent_path()) / unique_name();
    if (::rename(file.c_str(), aside.c_str()) != 0) return false;
    if (judged && mark_of(aside) == judged) return ::unlink(aside.c_str()) == 0;
    put_back(aside, file);
    return false;
  }

  CacheParams params_;
  Layout layout_;
  bool repair_;
  std::set<fs::path> checked_;
  VerifyResult result_;
};

}  // namespace

int VerifyResult::faults() const {
  int faults = 0;
  for (const Finding& finding : findings) faults |= static_cast<int>(finding.fault);
  return faults;
}

VerifyResult verify(const CacheParams& params, bool all, bool repair, const Progress& progress) {
  return Verification(params, repair).run(all, progress);
}

}  // namespace dijitso::cache
