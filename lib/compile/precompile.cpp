// Clang's precompiled headers give back what the parser knew at the end of some headers. Used for a module, they stand
// before its first line, whereas the module reads the same headers a few macros later. That makes no difference when
// the headers never see the names of these macros, and the module's conditions ask for nothing that the headers change:
// so the identifiers that occur in the headers, and the macros that they change, are kept with them as hashes. (Two
// names with one hash cost an opportunity, not correctness.) That objects are the same is also tested over real code.
// Tested in unittests/compile/prelude_test.cpp and tests/ffc.

#include "compile/precompile.h"

#include "compile/diagnostics.h"
#include "compile/read_files.h"

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <clang/Serialization/ASTWriter.h>
#include <clang/Serialization/PCHContainerOperations.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Support/xxhash.h>

#include <algorithm>

namespace dijitso::compile {
namespace {

// No module can have these names, which have a slash.
const std::string prelude_name = std::string(module_dir) + "/prelude/headers.h";
const std::string pch_name = std::string(module_dir) + "/prelude/headers.pch";

void sort_unique(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

class PrecompileAction : public clang::GeneratePCHAction {
 public:
  PrecompileAction(Precompiled& result, ReadFiles& files) : result_(result), files_(files) {}

  const clang::PCHBuffer& buffer() const { return *buffer_; }

 private:
  // Clang's own would write a file.
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance, llvm::StringRef) override {
    return std::make_unique<clang::PCHGenerator>(
        instance.getPreprocessor(), instance.getModuleCache(), /*OutputFile=*/"", /*isysroot=*/"", buffer_,
        instance.getCodeGenOpts(), instance.getFrontendOpts().ModuleFileExtensions, /*AllowASTWithErrors=*/false,
        /*IncludeTimestamps=*/false);  // contents are compared, by whoever keeps them
  }

  void EndSourceFileAction() override {
    clang::CompilerInstance& instance = getCompilerInstance();
    const clang::Preprocessor& preprocessor = instance.getPreprocessor();
    for (const auto& identifier : preprocessor.getIdentifierTable())
      result_.mentioned.push_back(llvm::xxh3_64bits(identifier.getKey()));
    for (const auto& macro : preprocessor.macros()) {
      const clang::MacroDirective* last = macro.second.getLatest();
      if (last && !instance.getSourceManager().isInPredefinedFile(last->getLocation()))
        result_.changed.push_back(llvm::xxh3_64bits(macro.first->getName()));
    }
    sort_unique(result_.mentioned);
    sort_unique(result_.changed);
    files_.take_contents(instance);
    GeneratePCHAction::EndSourceFileAction();
  }

  Precompiled& result_;
  ReadFiles& files_;
  std::shared_ptr<clang::PCHBuffer> buffer_ = std::make_shared<clang::PCHBuffer>();
};

bool any_of(const std::vector<std::string>& names, const std::vector<std::uint64_t>& hashes) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::binary_search(hashes.begin(), hashes.end(), llvm::xxh3_64bits(name));
  });
}

}  // namespace

bool suits(const Precompiled& precompiled, const Prelude& prelude) {
  return !precompiled.pch.empty() && prelude.text == precompiled.prelude &&
         !any_of(prelude.defines, precompiled.mentioned) && !any_of(prelude.conditions, precompiled.changed);
}

bool allows_precompiled(const clang::CompilerInvocation& invocation) {
  return invocation.getCodeGenOpts().getDebugInfo() == llvm::codegenoptions::NoDebugInfo &&
         invocation.getPreprocessorOpts().Includes.empty() && invocation.getPreprocessorOpts().MacroIncludes.empty();
}

Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude) {
  const std::vector<std::string> arguments = arguments_for(request, translation, prelude_name);
  const auto invocation = make_invocation(arguments);
  invocation->getFrontendOpts().ProgramAction = clang::frontend::GeneratePCH;

  Precompiled result;
  result.prelude = prelude;
  Files files;
  files.add(prelude_name, prelude);
  clang::DiagnosticOptions options;
  DiagnosticCollector collector(options);
  const auto read_files = std::make_shared<ReadFiles>();
  {
    clang::CompilerInstance instance(invocation);
    instance.createVirtualFileSystem(files.over_disk(), &collector);
    instance.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    instance.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    instance.addDependencyCollector(read_files);
    PrecompileAction action(result, *read_files);
    if (instance.ExecuteAction(action) && collector.take_diagnostics().empty() && action.buffer().IsComplete)
      result.pch.assign(action.buffer().Data.begin(), action.buffer().Data.end());
  }
  if (result.pch.empty()) return {};
  result.files = read_files->headers(arguments);
  return result;
}

void use_precompiled(clang::CompilerInvocation& invocation, Files& files, const Precompiled& precompiled) {
  files.add(prelude_name, precompiled.prelude);
  files.add(pch_name, as_text(precompiled.pch));
  invocation.getPreprocessorOpts().ImplicitPCHInclude = pch_name;
}

}  // namespace dijitso::compile
