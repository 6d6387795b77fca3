// The parser makes IR for the requested optimisation level, which is not optimised yet. A copy, changed so that its
// functions can be redirected, is compiled at once without optimisation. The original is compiled later as in an
// ordinary compile, so the object is the same. Messages of the back end (warnings of the optimiser, errors in inline
// assembly) need source positions from the parser, so modules with such messages are compiled in the ordinary way.
// Tested in unittests/compile/tiers_test.cpp, and with real code in tests/ffc.

#include "compile/tiers/tiers.h"

#include "compile/driver/arguments.h"
#include "compile/driver/invocation.h"
#include "compile/frontend/frontend.h"
#include "compile/limits/large_stack.h"
#include "compile/pch/precompile.h"
#include "compile/tiers/backend.h"
#include "compile/tiers/quick_code.h"
#include "compile/tiers/two_copies.h"
#include "llvm-config/abandoned_locks.h"
#include "llvm-config/out_of_memory.h"

#include <string>

namespace dijitso::compilation {
namespace {

using Invocation = std::shared_ptr<clang::CompilerInvocation>;

// Runs the optimiser and the code generator.
void generate(llvm::Module& module, const Invocation& invocation, CompileWatch& watch, CompileResult& result) {
  GeneratedCode generated = generate_code(module, invocation, watch);
  result.steps.insert(result.steps.end(), generated.steps.begin(), generated.steps.end());
  result.ok = generated.ok;
  result.object = std::move(generated.object);
  if (generated.messages.empty()) return;
  result.diagnostics_text += generated.messages;
  Diagnostic diagnostic;
  diagnostic.severity = watch.is_stopped() ? Severity::fatal : generated.ok ? Severity::warning : Severity::error;
  diagnostic.message = std::move(generated.messages);
  result.diagnostics.push_back(std::move(diagnostic));
}

class ClangOptimizer : public Optimizer {
 public:
  ClangOptimizer(CompileResult parsed, IntermediateCode code, Invocation invocation, const CompileLimits& limits)
      : result_(std::move(parsed)), code_(std::move(code)), invocation_(std::move(invocation)), limits_(limits) {}

  CompileResult optimize() override {
    if (!code_.module) throw Error("optimize() was called twice for one module");
    try {
      run_on_large_stack([this] {
        const llvm_config::AbandonedLocks locks;
        const llvm_config::AbandonedOnThrow<IntermediateCode> code(std::move(code_));
        CompileWatch watch(limits_);
        generate(*code->module, invocation_, watch, result_);
      });
    } catch (const Abandoned& stop) {
      note_stop(stop.what(), result_);
    }
    return std::move(result_);
  }

 private:
  CompileResult result_;  // without an object
  IntermediateCode code_;
  Invocation invocation_;
  CompileLimits limits_;
};

Invocation without_optimisation(const clang::CompilerInvocation& invocation) {
  auto result = std::make_shared<clang::CompilerInvocation>(invocation);
  clang::CodeGenOptions& options = result->getCodeGenOpts();
  options.OptimizationLevel = 0;
  options.OptimizeSize = 0;
  return result;
}

// Whether a compile without precompiled headers would give the same messages. Errors in the module's own text would be
// the same; an error in a header may be caused by precompiling.
bool is_final(const CompileResult& result) {
  if (names_prelude(result.diagnostics_text)) return false;
  if (result.ok) return true;
  const std::string own_dir = std::string(module_dir) + "/";
  bool has_own = false;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.severity < Severity::error) continue;
    const bool is_own = diagnostic.file.starts_with(own_dir);
    if (!is_own && !diagnostic.file.empty()) return false;  // "too many errors" has no file
    has_own = has_own || is_own;
  }
  return has_own;
}

// Completes a compile that began as one in two tiers as an ordinary one.
CompileResult finish(CompileResult parsed, llvm::Module& module, const Invocation& invocation,
                     const CompileRequest& request, const Translation& translation, const Precompiled* precompiled,
                     CompileWatch& watch) {
  const std::size_t diagnostics_before = parsed.diagnostics.size();
  generate(module, invocation, watch, parsed);
  if (watch.is_stopped() || (parsed.ok && parsed.diagnostics.size() == diagnostics_before)) return parsed;
  return compile_whole(request, translation, precompiled, watch);  // reports the messages with positions
}

}  // namespace

CompileResult compile_whole(const CompileRequest& request, const Translation& translation,
                            const Precompiled* precompiled, CompileWatch& watch) {
  if (precompiled) {
    CompileResult result = compile_to_object(request, translation, precompiled, watch);
    if (watch.is_stopped() || is_final(result)) return result;
  }
  return compile_to_object(request, translation, nullptr, watch);
}

QuickResult compile_in_tiers(const CompileRequest& request, const Translation& translation,
                             const Precompiled* precompiled, CompileWatch& watch) {
  QuickResult quick;
  const Invocation invocation = invocation_for(translation, source_name(request));
  quick.untiered_reason = reason_in_options(*invocation);
  if (!quick.untiered_reason.empty()) {
    quick.result = compile_whole(request, translation, precompiled, watch);
    return quick;
  }
  const llvm_config::AbandonedOnThrow<IntermediateCode> code;
  quick.result = compile_to_intermediate_code(request, translation, precompiled, *code, watch);
  if (!quick.result.ok || !is_final(quick.result)) {
    if (!watch.is_stopped() && !is_final(quick.result) && quick.result.used_precompiled)
      quick.result = compile_whole(request, translation, nullptr, watch);
    return quick;
  }
  CompileResult parsed = quick.result;
  Plan plan = plan_two_copies(*code->module);
  quick.untiered_reason = plan.reason;
  if (quick.untiered_reason.empty()) {
    const llvm_config::AbandonedOnThrow<std::unique_ptr<llvm::Module>> copy(quick_copy(*code->module, plan.staying));
    generate(**copy, without_optimisation(*invocation), watch, quick.result);
    if (!quick.result.ok || quick.result.diagnostics.size() != parsed.diagnostics.size())
      quick.untiered_reason = "the code generator reports a warning or an error";
  }
  if (quick.untiered_reason.empty()) {
    quick.shared_symbols = std::move(plan.shared_symbols);
    quick.optimizer = std::make_unique<ClangOptimizer>(std::move(parsed), std::move(*code), invocation, request.limits);
  } else {
    quick.result = finish(std::move(parsed), *code->module, invocation, request, translation, precompiled, watch);
  }
  return quick;
}

}  // namespace dijitso::compilation
