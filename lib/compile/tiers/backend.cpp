// Clang builds the target and the pass pipeline from its options. A pipeline of our own would give different objects.
// The parser is not needed any more, so this compiler instance has none. A diagnostic handler is installed because LLVM
// would otherwise end the process at an error in inline assembly. Tested in unittests/compile/tiers_test.cpp.

#include "compile/tiers/backend.h"

#include "compile/frontend/diagnostics.h"
#include "compile/tiers/backend_steps.h"
#include "llvm-config/out_of_memory.h"

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

namespace dijitso::compilation {
namespace {

struct BackendMessages {
  bool error = false;
  std::string text;
};

class MessageHandler : public llvm::DiagnosticHandler {
 public:
  explicit MessageHandler(std::shared_ptr<BackendMessages> messages) : messages_(std::move(messages)) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    const bool error = info.getSeverity() == llvm::DS_Error;
    if (!error && info.getSeverity() != llvm::DS_Warning) return true;
    messages_->error |= error;
    llvm::raw_string_ostream stream(messages_->text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    stream << (error ? "error: " : "warning: ");
    info.print(printer);
    stream << '\n';
    return true;
  }

 private:
  const std::shared_ptr<BackendMessages> messages_;  // shared: the context keeps the handler
};

}  // namespace

GeneratedCode generate_code(llvm::Module& module, const std::shared_ptr<clang::CompilerInvocation>& invocation,
                            CompileWatch& watch) {
  const auto messages = std::make_shared<BackendMessages>();
  module.getContext().setDiagnosticHandler(std::make_unique<MessageHandler>(messages));
  clang::DiagnosticOptions options;
  DiagnosticCollector collector(options);
  llvm::SmallVector<char, 0> object;
  const auto no_files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();  // the back end reads no files
  const llvm_config::AbandonedOnThrow<clang::CompilerInstance> instance(invocation);
  instance->createVirtualFileSystem(no_files, &collector);
  instance->createDiagnostics(&collector, /*ShouldOwnClient=*/false);
  GeneratedCode result;
  const BackendSteps steps(instance->getCodeGenOpts());
  const WatchedPasses passes(instance->getCodeGenOpts(), watch);
  if (instance->createTarget()) {
    clang::emitBackendOutput(*instance, instance->getCodeGenOpts(), instance->getTarget().getDataLayoutString(),
                             &module, clang::Backend_EmitObj, no_files,
                             std::make_unique<llvm::raw_svector_ostream>(object));
    result.ok = !messages->error && collector.getNumErrors() == 0;
  }
  result.steps = steps.until(Clock::now());
  result.messages = collector.take_text() + messages->text;
  if (watch.is_stopped()) {
    result.ok = false;
    result.messages += "fatal error: " + watch.reason() + "\n";
  }
  if (result.ok) result.object.assign(object.begin(), object.end());
  return result;
}

}  // namespace dijitso::compilation
