// Without optimisation LLVM selects instructions one by one. What its fast selector does not know goes through the
// general one, which takes thirty times as long for each of them. In generated kernels that is two things: `switch`,
// and the products with sums that C allows to be fused. Tested in unittests/compile/fast_selection_test.cpp.

#include "compile/tiers/fast_selection.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace dijitso::compilation {
namespace {

constexpr unsigned most_cases = 16;  // the general selector makes a table for more

// Where there are values that depend on the way (in no code of Clang's own that was not optimised), all stays as it is.
bool is_small(const llvm::SwitchInst& choice) {
  return choice.getNumCases() <= most_cases &&
         llvm::none_of(llvm::successors(choice.getParent()),
                       [](const auto* block) { return llvm::isa<llvm::PHINode>(block->front()); });
}

void compare_in_turn(llvm::SwitchInst& choice) {
  llvm::BasicBlock* const after = choice.getParent()->getNextNode();
  llvm::IRBuilder<> builder(&choice);
  for (const auto& one : choice.cases()) {
    auto* const next = llvm::BasicBlock::Create(choice.getContext(), "", choice.getFunction(), after);
    builder.CreateCondBr(builder.CreateICmpEQ(choice.getCondition(), one.getCaseValue()), one.getCaseSuccessor(), next);
    builder.SetInsertPoint(next);
  }
  builder.CreateBr(choice.getDefaultDest());
  choice.eraseFromParent();
}

void multiply_and_add(llvm::IntrinsicInst& fused) {
  llvm::IRBuilder<> builder(&fused);
  builder.setFastMathFlags(fused.getFastMathFlags());
  llvm::Value* const product = builder.CreateFMul(fused.getArgOperand(0), fused.getArgOperand(1));
  fused.replaceAllUsesWith(builder.CreateFAdd(product, fused.getArgOperand(2)));
  fused.eraseFromParent();
}

// Whether the general selector would make a product and a sum too.
bool cannot_fuse(const llvm::Function& function) {
  return function.getParent()->getTargetTriple().isX86() &&
         !function.getFnAttribute("target-features").getValueAsString().contains("+fma");
}

}  // namespace

void prepare_for_fast_selection(llvm::Module& module) {
  for (llvm::Function& function : module) {
    const bool splits = cannot_fuse(function);
    for (llvm::BasicBlock& block : llvm::make_early_inc_range(function)) {
      for (llvm::Instruction& instruction : llvm::make_early_inc_range(block))
        if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
            splits && call && call->getIntrinsicID() == llvm::Intrinsic::fmuladd)
          multiply_and_add(*call);
      if (auto* choice = llvm::dyn_cast<llvm::SwitchInst>(block.getTerminator()); choice && is_small(*choice))
        compare_in_turn(*choice);
    }
  }
}

}  // namespace dijitso::compilation
