// Generated code often has small functions that return the address of a static table (FFCx generates some for every
// form). The optimised code would return the address of its own copy. So such functions are never replaced, nor is any
// function into which they may be inlined. Tested in unittests/compile/two_copies_test.cpp.

#include "compile/tiers/staying_code.h"

#include "compile/tiers/two_copies.h"
#include "compile/tiers/variable_uses.h"

#include <llvm/ADT/SCCIterator.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>

namespace dijitso::compilation {
namespace {

constexpr unsigned most_instructions = 300;

bool has_loop(const llvm::Function& function) {
  for (auto part = llvm::scc_begin(&function); !part.isAtEnd(); ++part)
    if (part.hasCycle()) return true;
  return false;
}

}  // namespace

void add_functions_that_refer_to(const llvm::GlobalVariable& variable, Functions& functions) {
  llvm::SmallPtrSet<const llvm::Value*, 16> seen = {&variable};
  llvm::SmallVector<const llvm::Value*, 16> worklist = {&variable};
  const auto add = [&](const llvm::Value* value) {
    if (seen.insert(value).second) worklist.push_back(value);
  };
  while (!worklist.empty()) {
    for (const llvm::User* user : worklist.pop_back_val()->users()) {
      if (const auto* instruction = llvm::dyn_cast<llvm::Instruction>(user)) user = instruction->getFunction();
      if (const auto* function = llvm::dyn_cast<llvm::Function>(user)) functions.insert(function);
      // A shared variable belongs to the quick code, and the optimiser cannot know its value.
      const auto* holder = llvm::dyn_cast<llvm::GlobalVariable>(user);
      if (!is_list_of_used(*user) && !(holder && is_exported(*holder) && !holder->isConstant())) add(user);
    }
  }
}

bool may_stay_quick(const Functions& functions) {
  return llvm::all_of(functions, [&](const llvm::Function* function) {
    return function->getInstructionCount() <= most_instructions && !has_loop(*function) &&
           llvm::all_of(llvm::instructions(*function), [&](const llvm::Instruction& instruction) {
             const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
             const llvm::Function* callee = call ? call->getCalledFunction() : nullptr;
             // One that others know is replaced by itself.
             return !callee || callee->isDeclaration() || is_exported(*callee) || functions.contains(callee);
           });
  });
}

}  // namespace dijitso::compilation
