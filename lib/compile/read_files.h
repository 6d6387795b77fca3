// Which headers a compile read, and what was in them.
#pragma once

#include "compile/arguments.h"
#include "compile/compiler.h"
#include "compile/disk_files.h"

#include <clang/Frontend/Utils.h>
#include <clang/Lex/Preprocessor.h>

#include <map>
#include <string>
#include <vector>

namespace dijitso::compile {

// Notes every file that is read, system headers included.
class ReadFiles : public clang::DependencyCollector {
 public:
  bool needSystemDependencies() override { return true; }
  bool sawDependency(llvm::StringRef, bool, bool, bool, bool is_missing) override { return !is_missing; }

  // What was read, and sought in vain, when the precompiled headers were made.
  void add(const Precompiled& precompiled);

  void attachToPreprocessor(clang::Preprocessor& preprocessor) override;

  // Whether the module brings back a macro that it did not put aside itself (prelude_watch.h).
  bool brings_back_macros() const { return brings_back_macros_; }

  // The files outside the toolchain, sorted by path.
  std::vector<HeaderRead> headers(const Translation& translation, const DiskFiles& disk) const;

  // The names, outside of the toolchain's directories, under which nothing was found, sorted.
  std::vector<std::string> missing(const Translation& translation, const DiskFiles& disk) const;

 private:
  std::map<std::string, Digest> precompiled_;
  std::vector<std::string> missing_when_precompiled_;
  bool brings_back_macros_ = false;
};

}  // namespace dijitso::compile
