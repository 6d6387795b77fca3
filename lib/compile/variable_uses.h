// What a module does with a variable of its own that nobody else knows by name.
#pragma once

#include <llvm/IR/GlobalVariable.h>

namespace dijitso::compile {

struct VariableUses {
  bool written = false;  // the code may store to it
  bool escapes = false;  // its address may be kept, compared, or given to others
};

VariableUses uses_of(const llvm::GlobalVariable& variable);

// The value is one of those that only keep definitions from being dropped (__attribute__((used))).
bool is_list_of_used(const llvm::Value& value);

// The argument of a call is only stored by the callee, which calls it later or passes it on for that.
bool is_callback(const llvm::Use& use);

}  // namespace dijitso::compile
