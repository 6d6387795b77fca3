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

// Clang tells collectors of files their names without "./", and a second name each time that a file has one. Here a
// file has the name by which it was read first.
class FirstNames : public clang::PPCallbacks {
 public:
  FirstNames(const clang::SourceManager& sources, llvm::StringMap<std::string>& names)
      : sources_(sources), names_(names) {}

  void FileChanged(clang::SourceLocation place, FileChangeReason reason, clang::SrcMgr::CharacteristicKind,
                   clang::FileID) override {
    if (reason != EnterFile) return;
    const auto file = sources_.getFileEntryRefForID(sources_.getFileID(place));
    if (file) names_.try_emplace(llvm::sys::path::remove_leading_dotslash(file->getName()), file->getName());
  }

 private:
  const clang::SourceManager& sources_;
  llvm::StringMap<std::string>& names_;
};

}  // namespace

void CommandInputs::maybeAddDependency(llvm::StringRef file, bool is_precompiled, bool is_system, bool is_module_file,
                                       bool is_missing) {
  lacks_one_ = lacks_one_ || is_missing;
  if (is_missing || is_precompiled || is_module_file || file.starts_with("<")) return;  // "<built-in>", "<stdin>"
  const std::string name = llvm::sys::path::remove_leading_dotslash(written_name(file)).str();
  if (names_.insert(name).second) inputs_.push_back({name, is_system});
}

void CommandInputs::attachToPreprocessor(clang::Preprocessor& preprocessor) {
  DependencyCollector::attachToPreprocessor(preprocessor);
  preprocessor.addPPCallbacks(std::make_unique<TimeWatch>(uses_time_));
  preprocessor.addPPCallbacks(std::make_unique<FirstNames>(preprocessor.getSourceManager(), first_names_));
  keep_first_names(precompiled_, preprocessor.getSourceManager());
}

std::vector<NamedInput> CommandInputs::take() {
  if (lacks_one_) return {};
  for (NamedInput& input : inputs_)
    if (const auto first = first_names_.find(input.name); first != first_names_.end()) input.name = first->second;
  return std::move(inputs_);
}

}  // namespace dijitso::compilation
