// What a compiler command has to know of a compile, and a module has not: the files for make, and whether the code
// contains the time.
#pragma once

#include "compile/compiler.h"

#include <clang/Frontend/Utils.h>
#include <llvm/ADT/StringSet.h>

#include <utility>
#include <vector>

namespace dijitso::compilation {

// Collects the files that a compile reads, in their order, under the names that Clang's -MD writes.
class CommandInputs : public clang::DependencyCollector {
 public:
  // Sets `uses_time` when the text uses __DATE__, __TIME__ or __TIMESTAMP__.
  explicit CommandInputs(bool& uses_time) : uses_time_(uses_time) {}

  bool needSystemDependencies() override { return true; }
  void maybeAddDependency(llvm::StringRef file, bool from_module, bool is_system, bool is_module_file,
                          bool is_missing) override;
  void attachToPreprocessor(clang::Preprocessor& preprocessor) override;

  // Empty when a header was not found: there is no rule for make then.
  std::vector<NamedInput> take() { return lacks_one_ ? std::vector<NamedInput>() : std::move(inputs_); }

 private:
  bool& uses_time_;
  bool lacks_one_ = false;
  llvm::StringSet<> names_;
  std::vector<NamedInput> inputs_;
};

}  // namespace dijitso::compilation
