// Three questions, asked one after the other: who may write here, is each entry whole, and (with `all`) does everything
// fit together, which check_cache_integrity answers. Tested in unittests/cache/verify_test.cpp.
#include "cache/verify.h"

#include "cache/api.h"
#include "cache/catalog.h"
#include "cache/directory.h"
#include "cache/precompiled.h"
#include "cache/store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

  // Empty, and a finding, when the directory cannot be listed.
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
    std::set<fs::path> paths = {layout_.root(), layout_.obj_dir(), layout_.inc_dir(), layout_.lib_dir(),
                                Layout(params_of_precompiled(params_)).obj_dir()};
    for (const fs::path& path : paths)
      if (const auto objection = directory.objection_to(path)) add(path, Fault::untrusted, *objection);
    for (const fs::path& path : {layout_.obj_dir(), Layout(params_of_precompiled(params_)).obj_dir()})
      check_files(path);
  }

  // In a directory that only the user may write to, files of others were put there by others when it was open.
  void check_files(const fs::path& dir) {
    std::error_code unlisted;
    for (fs::directory_iterator file(dir, unlisted), end; !unlisted && file != end; file.increment(unlisted)) {
      const std::string name = file->path().filename();
      struct stat info;
      if (!signature_of_file(layout_, Category::obj, name) || ::lstat(file->path().c_str(), &info) != 0) continue;
      if (!S_ISREG(info.st_mode))
        add(file->path(), Fault::untrusted, "it is not a plain file; remove it");
      else if (info.st_uid != ::geteuid() && !params_.shared_group)
        add(file->path(), Fault::untrusted, "it belongs to the user with the number " + std::to_string(info.st_uid));
      else if (info.st_mode & (S_IWOTH | (params_.shared_group ? 0 : S_IWGRP)))
        add(file->path(), Fault::untrusted, "others can write it; remove it, or run: chmod go-w");
    }
  }

  // Entries, or precompiled headers.
  void read_all(const CacheParams& params, const Progress& progress) try {
    CacheParams own = params;
    own.readonly_dirs.clear();
    Catalog catalog(own);
    catalog.all(progress);
    for (const UnusableFile& file : catalog.unusable()) {
      if (file.why == UnusableFile::Why::other_schema) continue;
      judged_.insert(file.file);
      const bool is_damaged = file.why == UnusableFile::Why::damaged;
      const bool repaired = is_damaged && repair_ && Store(own).put_aside(file.file, file.reason);
      add(file.file, is_damaged ? Fault::corrupt : Fault::unreadable, file.reason, repaired);
    }
  } catch (const CacheError&) {
    // The directory cannot be listed, which has been found.
  }

  void check_the_whole() {
    for (const Category category : {Category::inc, Category::src, Category::lib, Category::log}) list(category);
    IntegrityReport report;
    try {
      report = check_cache_integrity(params_);
    } catch (const CacheError&) {
      return;
    }
    for (const auto& [path, reasons] : report) {
      if (judged_.contains(path)) continue;
      const bool is_derived = !signature_of_obj_file(fs::path(path).filename().native());
      const bool is_readable = ::access(path.c_str(), R_OK) == 0;
      const bool repaired = repair_ && is_derived && is_readable && ::unlink(path.c_str()) == 0;
      for (const std::string& reason : reasons)
        add(path, is_readable ? Fault::corrupt : Fault::unreadable, reason, repaired);
    }
  }

  CacheParams params_;
  Layout layout_;
  bool repair_;
  std::set<fs::path> judged_;
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
