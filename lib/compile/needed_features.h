// What the processor must have to run a module's code.
#pragma once

#include <clang/Basic/TargetInfo.h>
#include <llvm/IR/Module.h>

#include <string>
#include <vector>

namespace dijitso::compile {

// The ISA features, sorted, that the target has beyond the plainest processor of its kind, a processor may lack, and
// the code of the module may use.
std::vector<std::string> needed_features(const clang::TargetInfo& target, clang::DiagnosticsEngine& diagnostics,
                                         const llvm::Module& module);

}  // namespace dijitso::compile
