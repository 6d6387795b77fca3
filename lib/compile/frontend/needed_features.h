// Finds the processor features that a module's code needs.
#pragma once

#include <clang/Basic/TargetInfo.h>
#include <llvm/IR/Module.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

// Returns, sorted, the ISA features that the module's code may use, that the target has beyond the baseline processor,
// and that some processors lack.
std::vector<std::string> needed_features(const clang::TargetInfo& target, clang::DiagnosticsEngine& diagnostics,
                                         const llvm::Module& module);

}  // namespace dijitso::compilation
