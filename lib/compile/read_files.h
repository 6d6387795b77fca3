// Which headers a compile read, and what was in them.
#pragma once

#include "compile/arguments.h"
#include "compile/compiler.h"

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/Utils.h>

#include <map>
#include <string>
#include <vector>

namespace dijitso::compile {

// Notes every file that is read, system headers included.
class ReadFiles : public clang::DependencyCollector {
 public:
  bool needSystemDependencies() override { return true; }
  bool sawDependency(llvm::StringRef, bool, bool, bool, bool is_missing) override { return !is_missing; }

  // Takes the digests of the texts that the source manager holds: those were parsed, whatever happens to the files. To
  // be called before the compiler instance lets go of them.
  void take_contents(clang::CompilerInstance& instance);

  // Files that are read with precompiled headers: their texts are not there to be digested.
  void add(const std::vector<HeaderRead>& precompiled);

  void attachToPreprocessor(clang::Preprocessor& preprocessor) override;

  // Whether the module brings back a macro that it did not put aside itself (prelude_watch.h).
  bool brings_back_macros() const { return brings_back_macros_; }

  // The files outside the toolchain, sorted by path.
  std::vector<HeaderRead> headers(const Translation& translation) const;

 private:
  std::map<std::string, Digest> contents_;
  bool brings_back_macros_ = false;
};

}  // namespace dijitso::compile
