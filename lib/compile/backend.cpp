// Clang makes the passes and the target from its options, and it must be Clang that does: a pipeline of our own would
// give other objects. Nothing of the parser is needed any more, so this is an instance without one. Without a handler
// of our own LLVM would end the process at an error in inline assembly. Tested in unittests/compile/tiers_test.cpp.

#include "compile/backend.h"

#include "compile/backend_steps.h"
#include "compile/diagnostics.h"

#include <clang/Basic/TargetInfo.h>
#include <clang/CodeGen/BackendUtil.h>
#include <clang/Frontend/CompilerInstance.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>

namespace dijitso::compile {
namespace {

struct Said {
  bool error = false;
  std::string text;
};

class Listener : public llvm::DiagnosticHandler {
 public:
  explicit Listener(std::shared_ptr<Said> said) : said_(std::move(said)) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    const bool error = info.getSeverity() == llvm::DS_Error;
    if (!error && info.getSeverity() != llvm::DS_Warning) return true;
    said_->error |= error;
    llvm::raw_string_ostream stream(said_->text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    stream << (error ? "error: " : "warning: ");
    info.print(printer);
    stream << '\n';
    return true;
  }

 private:
  const std::shared_ptr<Said> said_;  // the context keeps the listener longer than we need it
};

}  // namespace

GeneratedCode generate_code(llvm::Module& module, const std::shared_ptr<clang::CompilerInvocation>& invocation,
                            CompileWatch& watch) {
  const auto said = std::make_shared<Said>();
  module.getContext().setDiagnosticHandler(std::make_unique<Listener>(said));
  clang::DiagnosticOptions options;
  DiagnosticCollector collector(options);
  llvm::SmallVector<char, 0> object;
  const auto no_files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();  // nothing is read
  clang::CompilerInstance instance(invocation);
  instance.createVirtualFileSystem(no_files, &collector);
  instance.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
  GeneratedCode result;
  const BackendSteps steps(instance.getCodeGenOpts());
  const WatchedPasses passes(instance.getCodeGenOpts(), watch);
  if (instance.createTarget()) {
    clang::emitBackendOutput(instance, instance.getCodeGenOpts(), instance.getTarget().getDataLayoutString(), &module,
                             clang::Backend_EmitObj, no_files, std::make_unique<llvm::raw_svector_ostream>(object));
    result.ok = !said->error && collector.getNumErrors() == 0;
  }
  result.steps = steps.until(Clock::now());
  result.messages = collector.take_text() + said->text;
  if (watch.is_stopped()) {
    result.ok = false;
    result.messages += "fatal error: " + watch.reason() + "\n";
  }
  if (result.ok) result.object.assign(object.begin(), object.end());
  return result;
}

}  // namespace dijitso::compile
