// Finds functions that stay quick code forever because they use a variable of the module that must not exist twice.
#pragma once

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/GlobalVariable.h>

namespace dijitso::compilation {

using Functions = llvm::SmallSetVector<const llvm::Function*, 8>;

// Adds all functions that refer to the variable, directly or through something that the optimiser may replace by such a
// reference: a function that refers to it, or a constant that holds its address.
void add_functions_that_refer_to(const llvm::GlobalVariable& variable, Functions& functions);

// Returns true when it costs little that these functions are never optimised: they are short, have no loops, and call
// no local functions outside the set, which would not be optimised either.
bool may_stay_quick(const Functions& functions);

}  // namespace dijitso::compilation
