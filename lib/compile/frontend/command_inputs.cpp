// Tested in unittests/compile/command_compile_test.cpp.

#include "compile/frontend/command_inputs.h"

#include "compile/pch/file_names.h"

#include <clang/Basic/IdentifierTable.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/Token.h>
#include <llvm/Support/Path.h>

namespace dijitso::compilation {
namespace {

class TimeWatch : public clang::PPCallbacks {
 public:
  explicit TimeWatch(bool& uses_time) : uses_time_(uses_time) {}

  void MacroExpands(const clang::Token& name, const clang::MacroDefinition&, clang::SourceRange,
                    const clang::MacroArgs*) override {
    const clang::IdentifierInfo* const macro = name.getIdentifierInfo();
    if (macro && (macro->isStr("__DATE__") || macro->isStr("__TIME__") || macro->isStr("__TIMESTAMP__")))
      uses_time_ = true;
  }

 private:
  bool& uses_time_;
};

}  // namespace

void CommandInputs::maybeAddDependency(llvm::StringRef file, bool, bool is_system, bool is_precompiled,
                                       bool is_missing) {
  lacks_one_ = lacks_one_ || is_missing;
  if (is_missing || is_precompiled || file.starts_with("<")) return;  // "<built-in>", "<stdin>"
  const std::string name = llvm::sys::path::remove_leading_dotslash(written_name(file)).str();
  if (names_.insert(name).second) inputs_.push_back({name, is_system});
}

void CommandInputs::attachToPreprocessor(clang::Preprocessor& preprocessor) {
  DependencyCollector::attachToPreprocessor(preprocessor);
  preprocessor.addPPCallbacks(std::make_unique<TimeWatch>(uses_time_));
}

}  // namespace dijitso::compilation
