// Clang's CompilerInstance writes outputs through temporary files, and removes these when a signal ends the process.
// Tested in tests/cc.

#include "compile/command/run_clang.h"

#include "compile/frontend/packed_files.h"
#include "compile/frontend/relative_files.h"

#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>

#include <memory>

namespace dijitso::compilation {
namespace {

std::unique_ptr<clang::FrontendAction> action_for(clang::frontend::ActionKind kind) {
  using namespace clang;
  switch (kind) {
    case frontend::EmitAssembly:
      return std::make_unique<EmitAssemblyAction>();
    case frontend::EmitBC:
      return std::make_unique<EmitBCAction>();
    case frontend::EmitLLVM:
      return std::make_unique<EmitLLVMAction>();
    case frontend::EmitObj:
      return std::make_unique<EmitObjAction>();
    case frontend::ParseSyntaxOnly:
      return std::make_unique<SyntaxOnlyAction>();
    case frontend::PrintPreprocessedInput:
      return std::make_unique<PrintPreprocessedAction>();
    case frontend::RunPreprocessorOnly:
      return std::make_unique<PreprocessOnlyAction>();
    default:
      return nullptr;
  }
}

// The files as Clang's command sees them, with those of the packs.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files_for(const HeaderPacks& packs) {
  if (packs.empty()) return llvm::vfs::getRealFileSystem();
  const auto here = llvm::vfs::getRealFileSystem()->getCurrentWorkingDirectory();
  return files_from(here ? *here : "/", llvm::makeIntrusiveRefCnt<PackedFiles>(packs, llvm::vfs::getRealFileSystem()));
}

// Clang's driver turns some flags into options of LLVM, which are the process's: -masm=intel. This process is the
// compiler's own.
void set_options_of_llvm(const std::vector<std::string>& options) {
  if (options.empty()) return;
  std::vector<const char*> words = {"dijitso-cc"};
  for (const std::string& option : options) words.push_back(option.c_str());
  llvm::cl::ParseCommandLineOptions(static_cast<int>(words.size()), words.data(), "", &llvm::errs());
}

}  // namespace

bool run_clang(const std::vector<std::string>& arguments, const CommandRequest& request) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  const std::unique_ptr<clang::DiagnosticOptions> options = clang::CreateAndPopulateDiagOpts(pointers);
  clang::TextDiagnosticPrinter printer(llvm::errs(), *options);
  clang::DiagnosticsEngine diagnostics(clang::DiagnosticIDs::create(), *options, &printer, /*ShouldOwnClient=*/false);
  auto invocation = std::make_shared<clang::CompilerInvocation>();
  if (!clang::CompilerInvocation::CreateFromArgs(*invocation, pointers, diagnostics)) return false;
  const std::unique_ptr<clang::FrontendAction> action = action_for(invocation->getFrontendOpts().ProgramAction);
  if (!action) throw InvalidArgument("this kind of output is not supported");
  set_options_of_llvm(invocation->getFrontendOpts().LLVMArgs);
  clang::CompilerInstance instance(invocation);
  instance.createVirtualFileSystem(files_for(request.header_packs));
  instance.createDiagnostics();
  return instance.ExecuteAction(*action);
}

}  // namespace dijitso::compilation
