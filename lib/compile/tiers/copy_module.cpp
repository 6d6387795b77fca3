// llvm::CloneModule can copy into any module, keeps debug information, and notices when a value of the original is
// replaced meanwhile. That takes two thirds of its time, which is a tenth of what quick code takes in all. So functions
// are copied here, with an ordinary map, and the rest by CloneModule. Tested in unittests/compile/tiers_test.cpp, and
// with real code in tests/ffc.

#include "compile/tiers/copy_module.h"

#include "llvm-config/out_of_memory.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace dijitso::compilation {
namespace {

// Copies the bodies of functions whose declarations have been copied.
class BodyCopier {
 public:
  // `globals` maps the global values of the module.
  explicit BodyCopier(llvm::ValueToValueMapTy& globals) : globals_(globals) {}

  void copy(const llvm::Function& from, llvm::Function& to) {
    to.setLinkage(from.getLinkage());
    to.copyMetadata(&from, 0);
    if (from.hasPersonalityFn()) to.setPersonalityFn(constant(from.getPersonalityFn()));
    if (from.hasPrefixData()) to.setPrefixData(constant(from.getPrefixData()));
    if (from.hasPrologueData()) to.setPrologueData(constant(from.getPrologueData()));
    locals_.clear();
    for (const auto& [old, argument] : llvm::zip_equal(from.args(), to.args())) locals_[&old] = &argument;
    for (const llvm::BasicBlock& block : from) locals_[&block] = llvm::BasicBlock::Create(to.getContext(), "", &to);
    for (const auto& [old, block] : llvm::zip_equal(from, to))
      for (const llvm::Instruction& instruction : old) {
        llvm::Instruction* const copy = instruction.clone();
        copy->insertInto(&block, block.end());
        locals_[&instruction] = copy;
      }
    for (llvm::BasicBlock& block : to)
      for (llvm::Instruction& instruction : block) connect(instruction);
  }

 private:
  // Replaces what the instruction uses by its copy.
  void connect(llvm::Instruction& instruction) {
    for (llvm::Use& use : instruction.operands()) use.set(copy_of(use.get()));
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction))
      for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i)
        phi->setIncomingBlock(i, llvm::cast<llvm::BasicBlock>(locals_.at(phi->getIncomingBlock(i))));
  }

  llvm::Value* copy_of(llvm::Value* value) {
    if (llvm::isa<llvm::ConstantData>(value)) return value;
    if (llvm::isa<llvm::GlobalValue>(value)) return globals_.lookup(value);
    if (const auto local = locals_.find(value); local != locals_.end()) return local->second;
    return llvm::MapValue(value, globals_);  // what is made of global values
  }

  llvm::Constant* constant(llvm::Constant* value) { return llvm::MapValue(value, globals_); }

  llvm::ValueToValueMapTy& globals_;
  llvm::DenseMap<const llvm::Value*, llvm::Value*> locals_;  // of the function being copied
};

}  // namespace

std::unique_ptr<llvm::Module> copy_module(const llvm::Module& module,
                                          llvm::function_ref<bool(const llvm::GlobalValue*)> is_needed) {
  llvm::ValueToValueMapTy globals;
  const llvm_config::AbandonedOnThrow<std::unique_ptr<llvm::Module>> owner(llvm::CloneModule(
      module, globals,
      [&](const llvm::GlobalValue* value) { return !llvm::isa<llvm::Function>(value) && is_needed(value); }));
  BodyCopier bodies(globals);
  for (const llvm::Function& function : module)
    if (!function.isDeclaration() && is_needed(&function))
      bodies.copy(function, *llvm::cast<llvm::Function>(globals.lookup(&function)));
  return std::move(*owner);
}

}  // namespace dijitso::compilation
