// Initialising all targets of LLVM takes time, and most programs need only the host's. So the others are initialised by
// the first request that names one. Tested in unittests/compile/targets_test.cpp.

#include "compile/driver/targets.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <mutex>

namespace dijitso::compilation {
namespace {

void prepare_all_targets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
}

}  // namespace

std::string triple_of(const CompileRequest& request) {
  return request.target_triple.empty() ? llvm::sys::getDefaultTargetTriple() : request.target_triple;
}

void prepare_native_target() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser();
}

void prepare_target(const CompileRequest& request) {
  const std::string triple = triple_of(request);
  if (triple == llvm::sys::getDefaultTargetTriple()) return;
  prepare_all_targets();
  std::string reason;
  if (!llvm::TargetRegistry::lookupTarget(llvm::Triple(triple), reason))
    throw InvalidArgument("build.target_triple '" + triple + "': the compiler that is installed makes no code for it");
}

}  // namespace dijitso::compilation
