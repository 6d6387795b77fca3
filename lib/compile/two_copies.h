// Whether the code of a module may exist twice: as quick code, and as optimised code that takes its place while the
// program runs. Both copies have functions and variables; what others can see of them must stay one.
#pragma once

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/IR/Module.h>

#include <string>
#include <vector>

namespace dijitso::compile {

// Defined here and known by its name to other modules.
bool is_exported(const llvm::GlobalValue& value);

// Why a module with these options is not compiled in two tiers, for people; empty when it may be.
std::string reason_in_options(const clang::CompilerInvocation& invocation);

// How the code of a module may exist twice.
struct Plan {
  std::string reason;         // why it may not, for people; empty when it may
  llvm::StringSet<> staying;  // exported functions that are never replaced
  // Linker names of these functions and of the exported variables. Code reaches them as if they could lie in another
  // module (-fPIC), so the optimised code can use the quick code's.
  std::vector<std::string> shared_symbols;
};

// Looks at the code before any optimisation.
Plan plan_two_copies(const llvm::Module& module);

}  // namespace dijitso::compile
