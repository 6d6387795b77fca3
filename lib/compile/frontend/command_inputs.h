// What a compiler command has to know of a compile, and a module has not: the files for make, and whether the code
// contains the time.
#pragma once

#include "compile/compiler.h"

#include <clang/Frontend/Utils.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringSet.h>

#include <string>
#include <utility>
#include <vector>

namespace dijitso::compilation {

// Collects the files that a compile reads, in their order, under all names by which it asks for them.
class CommandInputs : public clang::DependencyCollector {
 public:
  // Sets `uses_time` when the text uses __DATE__, __TIME__ or __TIMESTAMP__. `precompiled` are the files in precompiled
  // headers that the compile uses, which are not collected.
  explicit CommandInputs(bool& uses_time, std::vector<NamedInput> precompiled = {})
      : uses_time_(uses_time), precompiled_(std::move(precompiled)) {}

  bool needSystemDependencies() override { return true; }
  void maybeAddDependency(llvm::StringRef file, bool is_precompiled, bool is_system, bool is_module_file,
                          bool is_missing) override;
  void attachToPreprocessor(clang::Preprocessor& preprocessor) override;

  // Empty when a header was not found: there is no rule for make then.
  std::vector<NamedInput> take();

 private:
  bool& uses_time_;
  const std::vector<NamedInput> precompiled_;
  bool lacks_one_ = false;
  llvm::StringSet<> names_;
  llvm::StringMap<std::string> first_names_;  // by the same without "./"
  std::vector<NamedInput> inputs_;
};

}  // namespace dijitso::compilation
