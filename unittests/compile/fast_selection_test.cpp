// What LLVM's fast instruction selector does not know is not left in quick code.
#include "compile/tiers/fast_selection.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/TargetParser/Triple.h>

#include <catch2/catch.hpp>

#include <string>

using namespace dijitso::compilation;

namespace {

// A function that chooses between as many cases, and then returns `a * b + c`.
struct Example {
  llvm::LLVMContext context;
  llvm::Module module{"example", context};
  llvm::Function* function;

  Example(unsigned cases, const char* triple, const char* features) {
    module.setTargetTriple(llvm::Triple(triple));
    llvm::IRBuilder<> builder(context);
    llvm::Type* number = builder.getDoubleTy();
    auto* type = llvm::FunctionType::get(number, {builder.getInt32Ty(), number, number, number}, false);
    function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "f", module);
    function->addFnAttr("target-features", features);
    auto* const entry = llvm::BasicBlock::Create(context, "entry", function);
    auto* const otherwise = llvm::BasicBlock::Create(context, "otherwise", function);
    builder.SetInsertPoint(entry);
    llvm::SwitchInst* choice = builder.CreateSwitch(function->getArg(0), otherwise, cases);
    for (unsigned i = 0; i < cases; ++i) {
      auto* const block = llvm::BasicBlock::Create(context, "case", function);
      choice->addCase(builder.getInt32(i), block);
      builder.SetInsertPoint(block);
      builder.CreateRet(llvm::ConstantFP::get(number, i));
    }
    builder.SetInsertPoint(otherwise);
    builder.CreateRet(builder.CreateIntrinsic(llvm::Intrinsic::fmuladd, {number},
                                              {function->getArg(1), function->getArg(2), function->getArg(3)}));
    prepare_for_fast_selection(module);
  }

  template <class Kind>
  unsigned count() const {
    unsigned number = 0;
    for (const llvm::Instruction& instruction : llvm::instructions(*function)) number += llvm::isa<Kind>(instruction);
    return number;
  }
  bool is_right() const { return !llvm::verifyModule(module); }
};

constexpr const char* x86 = "x86_64-unknown-linux-gnu";

}  // namespace

TEST_CASE("a small choice becomes comparisons in the order of its cases, and a large one stays") {
  const Example small(3, x86, "+sse2");
  CHECK(small.count<llvm::SwitchInst>() == 0);
  CHECK(small.count<llvm::ICmpInst>() == 3);
  CHECK(small.is_right());
  const Example none(0, x86, "+sse2");
  CHECK(none.count<llvm::SwitchInst>() == 0);
  CHECK(none.is_right());
  const Example large(100, x86, "+sse2");
  CHECK(large.count<llvm::SwitchInst>() == 1);
  CHECK(large.is_right());
}

TEST_CASE("a product with a sum is taken apart only where the processor could not fuse them") {
  const auto is_apart = [](const char* triple, const char* features) {
    const Example example(1, triple, features);
    CHECK(example.is_right());
    CHECK(example.count<llvm::IntrinsicInst>() + example.count<llvm::BinaryOperator>() / 2 == 1);
    return example.count<llvm::IntrinsicInst>() == 0;
  };
  CHECK(is_apart(x86, "+avx,+sse2"));
  CHECK_FALSE(is_apart(x86, "+avx2,+fma,+sse2"));
  CHECK_FALSE(is_apart(x86, "+avx,+fma4"));
  CHECK_FALSE(is_apart("aarch64-unknown-linux-gnu", "+neon"));
}
