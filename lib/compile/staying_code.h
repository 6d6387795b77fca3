// Functions that stay quick code for good, because there is a variable of the module's own that must not exist twice.
#pragma once

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/GlobalVariable.h>

namespace dijitso::compile {

using Functions = llvm::SmallSetVector<const llvm::Function*, 8>;

// Adds all functions that refer to the variable, or to something that the optimiser may put in the place of such a
// reference: a function that refers to it, a constant that holds its address.
void add_functions_that_meet(const llvm::GlobalVariable& variable, Functions& functions);

// Whether it costs little that none of the functions is ever optimised: they are short, have no loops, and call no
// other functions that would never be optimised for their sake.
bool may_stay_quick(const Functions& functions);

}  // namespace dijitso::compile
