// Follows the variable's address through the IR as the parser makes it, where local variables of pointer type are still
// in memory. A pointer that is stored in a local variable is followed through all loads of that variable, and a pointer
// that is passed to a function of this module is followed into that function. Everything that is not known to be
// harmless counts as escaping. Tested in unittests/compile/two_copies_test.cpp.

#include "compile/tiers/variable_uses.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/PointerIntPair.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Operator.h>

namespace dijitso::compilation {
namespace {

// Whether the callee ignores the argument. Such arguments only select an overload, as in the standard library's
// __iterator_category(iterator). Unoptimised code stores them in a variable that is never loaded.
bool is_ignored(const llvm::CallBase& call, const llvm::Value& argument) {
  const llvm::Function* callee = call.getCalledFunction();
  if (!callee || callee->isDeclaration() || callee->isInterposable()) return false;
  for (unsigned i = 0; i < call.arg_size(); ++i) {
    if (call.getArgOperand(i) != &argument) continue;
    if (i >= callee->arg_size()) return false;
    const llvm::Argument* parameter = callee->getArg(i);
    const auto is_dead_store = [&](const llvm::User* user) {
      const auto* store = llvm::dyn_cast<llvm::StoreInst>(user);
      return store && store->getValueOperand() == parameter &&
             llvm::isa<llvm::AllocaInst>(store->getPointerOperand()) && store->getPointerOperand()->hasOneUse();
    };
    if (!llvm::all_of(parameter->users(), is_dead_store)) return false;
  }
  return true;
}

// Whether it is a local variable that is only loaded and stored as a whole, so that its loads return what was stored.
bool is_plain_local(const llvm::Value& place) {
  return llvm::isa<llvm::AllocaInst>(place) && llvm::all_of(place.users(), [&](const llvm::User* user) {
           if (const auto* call = llvm::dyn_cast<llvm::CallBase>(user); call && is_ignored(*call, place)) return true;
           if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(user)) return load->getType()->isPointerTy();
           if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(user))
             return store->getValueOperand() != &place && store->getValueOperand()->getType()->isPointerTy();
           const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(user);
           return intrinsic && intrinsic->isLifetimeStartOrEnd();
         });
}

// Whether the pointer is converted to a number that is only subtracted from another pointer.
bool is_distance(const llvm::User& user) {
  return llvm::isa<llvm::PtrToIntInst>(user) && llvm::all_of(user.users(), [](const llvm::User* number) {
           const auto* difference = llvm::dyn_cast<llvm::BinaryOperator>(number);
           return difference && difference->getOpcode() == llvm::Instruction::Sub &&
                  llvm::all_of(difference->operands(),
                               [](const llvm::Use& pointer) { return llvm::isa<llvm::PtrToIntInst>(pointer); });
         });
}

// A pointer, and whether its function received it as an argument. If so, a return passes it only to the callers that
// passed it.
using Pointer = llvm::PointerIntPair<const llvm::Value*, 1, bool>;

class Follower {
 public:
  VariableUses follow(const llvm::Value& start) {
    add({&start, false});
    while (!worklist_.empty() && !uses_.escapes) {
      const Pointer pointer = worklist_.pop_back_val();
      for (const llvm::Use& use : pointer.getPointer()->uses()) look_at(use, pointer.getInt());
    }
    if (compared_ && may_compare_both_copies()) escape();
    return uses_;
  }

 private:
  struct Entry {
    const llvm::CallBase* call;
    bool from_argument;  // of the calling function
  };

  void add(Pointer pointer) {
    if (seen_.insert(pointer).second) worklist_.push_back(pointer);
  }

  void look_at(const llvm::Use& use, bool from_argument) {
    const llvm::User* user = use.getUser();
    if (const auto* instruction = llvm::dyn_cast<llvm::Instruction>(user))
      sources_[instruction->getFunction()] |= from_argument ? 2u : 1u;
    if (llvm::isa<llvm::LoadInst>(user) || is_list_of_used(*user)) return;
    if (llvm::isa<llvm::GEPOperator, llvm::PHINode, llvm::SelectInst, llvm::FreezeInst>(user))
      return add({user, from_argument});
    if (const auto* expression = llvm::dyn_cast<llvm::ConstantExpr>(user); expression && expression->isCast())
      return expression->getType()->isPointerTy() ? add({user, from_argument}) : escape();
    if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(user)) return look_at_store(*store, use, from_argument);
    if (const auto* call = llvm::dyn_cast<llvm::CallBase>(user)) return look_at_call(*call, use, from_argument);
    if (const auto* end = llvm::dyn_cast<llvm::ReturnInst>(user))
      return from_argument ? return_to_callers(*end->getFunction()) : escape();
    if (!llvm::isa<llvm::ICmpInst>(user) && !is_distance(*user)) return escape();
    compared_ = true;
  }

  void look_at_store(const llvm::StoreInst& store, const llvm::Use& use, bool from_argument) {
    if (use.getOperandNo() == llvm::StoreInst::getPointerOperandIndex()) {
      uses_.written = true;
      return;
    }
    if (!is_plain_local(*store.getPointerOperand())) return escape();
    for (const llvm::User* user : store.getPointerOperand()->users())
      if (llvm::isa<llvm::LoadInst>(user)) add({user, from_argument});
  }

  void look_at_call(const llvm::CallBase& call, const llvm::Use& use, bool from_argument) {
    if (!call.isArgOperand(&use)) return escape();
    const unsigned number = call.getArgOperandNo(&use);
    if (llvm::isa<llvm::MemIntrinsic>(call)) {
      if (number == 0) uses_.written = true;
      return;
    }
    if (const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&call))
      if (intrinsic->isLifetimeStartOrEnd()) return;
    if (call.doesNotCapture(number) && call.onlyReadsMemory(number)) return;
    const llvm::Function* callee = call.getCalledFunction();
    if (!callee || callee->isDeclaration() || number >= callee->arg_size()) return escape();
    if (callee->getArg(number)->hasByValAttr()) return;  // the callee gets a copy
    entries_[callee].push_back({&call, from_argument});
    if (returns_argument_.contains(callee)) add({&call, from_argument});
    add({callee->getArg(number), true});
  }

  void return_to_callers(const llvm::Function& function) {
    if (!returns_argument_.insert(&function).second) return;
    for (const Entry& entry : entries_[&function]) add({entry.call, entry.from_argument});
  }

  // Addresses are compared, and a function may have the address of its own copy and one from a caller in the other
  // tier. In all other functions, all addresses of the variable are those of one copy.
  bool may_compare_both_copies() const {
    return llvm::any_of(sources_, [](const auto& function) { return function.second == 3; });
  }

  void escape() { uses_.escapes = true; }

  VariableUses uses_;
  llvm::DenseSet<Pointer> seen_;
  llvm::SmallVector<Pointer, 16> worklist_;
  llvm::DenseMap<const llvm::Function*, llvm::SmallVector<Entry, 4>> entries_;
  llvm::SmallPtrSet<const llvm::Function*, 8> returns_argument_;
  llvm::DenseMap<const llvm::Function*, unsigned> sources_;  // bit 0: its own, bit 1: from an argument
  bool compared_ = false;
};

}  // namespace

VariableUses uses_of(const llvm::GlobalVariable& variable) { return Follower().follow(variable); }

bool is_list_of_used(const llvm::Value& value) {
  // A list is an appending variable whose initialiser is an array of pointers.
  return llvm::isa<llvm::Constant>(value) && !value.use_empty() && llvm::all_of(value.users(), [](const auto* user) {
           const auto* list = llvm::dyn_cast<llvm::GlobalVariable>(user);
           return list && (list->getName() == "llvm.used" || list->getName() == "llvm.compiler.used");
         });
}

bool is_callback(const llvm::Use& use) {
  const auto* call = llvm::dyn_cast<llvm::CallBase>(use.getUser());
  if (!call || !call->isArgOperand(&use) || !call->getCalledFunction()) return false;
  const llvm::StringRef callee = call->getCalledFunction()->getName();
  const unsigned number = call->getArgOperandNo(&use);
  return (callee == "__cxa_atexit" && number == 0) || (callee == "__cxa_throw" && number == 2) ||
         (callee == "__kmpc_fork_call" && number == 2);
}

}  // namespace dijitso::compilation
