// Finds how a module uses one of its variables that has no name outside of the module.
#pragma once

#include <llvm/IR/GlobalVariable.h>

namespace dijitso::compilation {

struct VariableUses {
  bool written = false;  // the code may store to it
  bool escapes = false;  // its address may be kept, compared, or passed to other modules
};

VariableUses uses_of(const llvm::GlobalVariable& variable);

// Whether the value is one of the lists that only keep definitions from being removed (__attribute__((used))).
bool is_list_of_used(const llvm::Value& value);

// Whether the callee only stores this argument, to call it later or to pass it on for that.
bool is_callback(const llvm::Use& use);

}  // namespace dijitso::compilation
