// Records which headers a compile read, and their digests.
#pragma once

#include "compile/compiler.h"
#include "compile/driver/arguments.h"
#include "compile/frontend/disk_files.h"
#include "compile/frontend/relative_files.h"

#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/Utils.h>
#include <clang/Lex/Preprocessor.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::compilation {

// The number of bytes that were read in all files but the source itself.
std::uint64_t header_bytes(const clang::SourceManager& sources);

// Records every file that is read, including system headers.
class ReadFiles : public clang::DependencyCollector {
 public:
  // Relative names start at `directory`; at the root when it is empty.
  explicit ReadFiles(std::string directory = "") : directory_(std::move(directory)) {}

  bool needSystemDependencies() override { return true; }
  bool sawDependency(llvm::StringRef, bool, bool, bool, bool is_missing) override { return !is_missing; }
  void maybeAddDependency(llvm::StringRef file, bool from_module, bool is_system, bool is_module_file,
                          bool is_missing) override;

  // Watches the names of this plan, too, and adds those that headers mention to `mentioned`; both must outlive the
  // compile.
  void watch_names(const HeaderPlan& plan, std::vector<std::uint64_t>& mentioned);

  // Adds the files that were read, or not found, when the headers were precompiled.
  void add(const Precompiled& precompiled);

  void attachToPreprocessor(clang::Preprocessor& preprocessor) override;

  // Whether the module restores a macro that it did not save itself (prelude_watch.h).
  bool pops_unpushed_macro() const { return pops_unpushed_macro_; }

  // The files outside the toolchain, sorted by path. What a command asked for by a relative name has that name.
  std::vector<HeaderRead> headers(const Translation& translation, const DiskFiles& disk, const AskedNames& asked) const;

  // The names outside the toolchain's directories that were not found, sorted.
  std::vector<std::string> missing(const Translation& translation, const DiskFiles& disk,
                                   const AskedNames& asked) const;

 private:
  std::vector<std::string> names_of(const std::string& path, const AskedNames& asked) const;

  const std::string directory_;
  std::map<std::string, Digest> precompiled_;
  std::vector<std::string> missing_when_precompiled_;
  bool pops_unpushed_macro_ = false;
  const HeaderPlan* plan_ = nullptr;
  std::vector<std::uint64_t>* mentioned_ = nullptr;
};

}  // namespace dijitso::compilation
