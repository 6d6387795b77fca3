// Decides whether the code of a module may exist twice: as quick code, and as optimised code that replaces it while the
// program runs. Functions and variables that other modules can see must exist once.
#pragma once

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/IR/Module.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

// Whether it is defined in this module and visible to other modules by name.
bool is_exported(const llvm::GlobalValue& value);

// Returns why a module with these options is not compiled in two tiers, as a text for users; empty when it may be.
std::string reason_in_options(const clang::CompilerInvocation& invocation);

// How the code of a module may exist twice.
struct Plan {
  std::string reason;         // why it may not, as a text for users; empty when it may
  llvm::StringSet<> staying;  // exported functions that are never replaced
  // Linker names of these functions and of the exported variables. With -fPIC the code accesses them as if they were in
  // another module, so the optimised code can use those of the quick code.
  std::vector<std::string> shared_symbols;
};

// Call it before any optimisation.
Plan plan_two_copies(const llvm::Module& module);

}  // namespace dijitso::compilation
