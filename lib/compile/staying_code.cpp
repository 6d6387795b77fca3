// Generated code often has small functions that hand out the address of a static table (FFCx makes some for every
// form). The table of the optimised code would be another one. So such functions are never replaced, and with them
// stays everything into which they may be inlined. Tested in unittests/compile/two_copies_test.cpp.

#include "compile/staying_code.h"

#include "compile/two_copies.h"
#include "compile/variable_uses.h"

#include <llvm/ADT/SCCIterator.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>

namespace dijitso::compile {
namespace {

constexpr unsigned most_instructions = 300;

bool has_loop(const llvm::Function& function) {
  for (auto part = llvm::scc_begin(&function); !part.isAtEnd(); ++part)
    if (part.hasCycle()) return true;
  return false;
}

}  // namespace

void add_functions_that_meet(const llvm::GlobalVariable& variable, Functions& functions) {
  llvm::SmallPtrSet<const llvm::Value*, 16> seen = {&variable};
  llvm::SmallVector<const llvm::Value*, 16> left = {&variable};
  const auto add = [&](const llvm::Value* value) {
    if (seen.insert(value).second) left.push_back(value);
  };
  while (!left.empty()) {
    for (const llvm::User* user : left.pop_back_val()->users()) {
      if (const auto* instruction = llvm::dyn_cast<llvm::Instruction>(user)) user = instruction->getFunction();
      if (const auto* function = llvm::dyn_cast<llvm::Function>(user)) functions.insert(function);
      // What lies in a shared variable is the quick code's, and the optimiser cannot know it.
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

}  // namespace dijitso::compile
