// Defines functions that LLVM's archives refer to and dijitso does not need, so that the linker does not take them from
// the archives: the targets of other processors are three quarters of LLVM's code generators. Polly, an optimiser that
// must be enabled explicitly, is in an archive that Debian does not ship.

#include <llvm/Plugins/PassPlugin.h>

#define LEFT_OUT(target)                                    \
  extern "C" void LLVMInitialize##target##TargetInfo() {}   \
  extern "C" void LLVMInitialize##target##Target() {}       \
  extern "C" void LLVMInitialize##target##TargetMC() {}     \
  extern "C" void LLVMInitialize##target##AsmPrinter() {}   \
  extern "C" void LLVMInitialize##target##AsmParser() {}    \
  extern "C" void LLVMInitialize##target##Disassembler() {} \
  extern "C" void LLVMInitialize##target##TargetMCA() {}
#include "targets_left_out.inc"

llvm::PassPluginLibraryInfo getPollyPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "Polly", "", [](llvm::PassBuilder&) {}, nullptr};
}
