// Clang hands out the builder of its passes before it makes them: then the optimiser begins. A pass of ours, which
// changes nothing and is the last but for some that tidy up (0.2 % of its time), tells when it is done. So there is no
// pipeline of our own, and the object stays what it was. Tested in unittests/compile/compiler_test.cpp and
// tiers_test.cpp.

#include "compile/backend_steps.h"

#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

namespace dijitso::compile {
namespace {

class NoteTime : public llvm::PassInfoMixin<NoteTime> {
 public:
  explicit NoteTime(std::optional<Clock::time_point>& time) : time_(&time) {}
  llvm::PreservedAnalyses run(llvm::Module&, llvm::ModuleAnalysisManager&) {
    *time_ = Clock::now();
    return llvm::PreservedAnalyses::all();
  }

 private:
  std::optional<Clock::time_point>* time_;
};

}  // namespace

BackendSteps::BackendSteps(clang::CodeGenOptions& options) : options_(options) {
  options_.PassBuilderCallbacks.emplace_back([this](llvm::PassBuilder& builder) {
    began_ = Clock::now();
    builder.registerOptimizerLastEPCallback([this](llvm::ModulePassManager& passes, llvm::OptimizationLevel,
                                                   llvm::ThinOrFullLTOPhase) { passes.addPass(NoteTime(optimised_)); });
  });
}

std::vector<TimedStep> BackendSteps::until(Clock::time_point end) const {
  if (!began_) return {};
  const Clock::time_point optimised = optimised_.value_or(end);
  return {{Step::optimiser, *began_, optimised}, {Step::code_generation, optimised, end}};
}

}  // namespace dijitso::compile
