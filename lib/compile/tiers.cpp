// The parser makes intermediate code for the level that was asked for, but nothing is optimised. A copy of it, changed
// so that its functions can be redirected, goes through the code generator at once without optimisation; the original
// goes through it later as it would have gone in an ordinary compile, so the object is the same. What the code
// generator itself would say (warnings of the optimiser, errors in inline assembly) needs the parser's positions: such
// modules are compiled as ever. Tested in unittests/compile/tiers_test.cpp, and over real code in tests/ffc.

#include "compile/tiers.h"

#include "compile/backend.h"
#include "compile/frontend.h"
#include "compile/invocation.h"
#include "compile/large_stack.h"
#include "compile/precompile.h"
#include "compile/quick_code.h"
#include "compile/two_copies.h"

namespace dijitso::compile {
namespace {

using Invocation = std::shared_ptr<clang::CompilerInvocation>;

// Runs optimiser and code generator.
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
    if (!code_.module) throw Error("a module was optimised already");
    run_on_large_stack([this] {
      CompileWatch watch(limits_);
      generate(*code_.module, invocation_, watch, result_);
      code_.module.reset();
      code_.context.reset();
    });
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

// The ordinary end of a compile that began as one in tiers.
CompileResult finish(CompileResult parsed, IntermediateCode code, const Invocation& invocation,
                     const CompileRequest& request, const Translation& translation, const Precompiled* precompiled,
                     CompileWatch& watch) {
  const std::size_t said = parsed.diagnostics.size();
  generate(*code.module, invocation, watch, parsed);
  if (watch.is_stopped() || (parsed.ok && parsed.diagnostics.size() == said)) return parsed;
  return compile_whole(request, translation, precompiled, watch);  // says it with positions
}

}  // namespace

CompileResult compile_whole(const CompileRequest& request, const Translation& translation,
                            const Precompiled* precompiled, CompileWatch& watch) {
  if (precompiled) {
    CompileResult result = compile_to_object(request, translation, precompiled, watch);
    // What there is to say is said as if there were no precompiled headers.
    if (watch.is_stopped() || (result.ok && !names_prelude(result.diagnostics_text))) return result;
  }
  return compile_to_object(request, translation, nullptr, watch);
}

QuickResult compile_in_tiers(const CompileRequest& request, const Translation& translation,
                             const Precompiled* precompiled, CompileWatch& watch) {
  QuickResult quick;
  const Invocation invocation = make_invocation(arguments_for(request, translation, source_name(request)));
  quick.untiered_reason = reason_in_options(*invocation);
  if (!quick.untiered_reason.empty()) {
    quick.result = compile_whole(request, translation, precompiled, watch);
    return quick;
  }
  IntermediateCode code;
  quick.result = compile_to_intermediate_code(request, translation, precompiled, code, watch);
  if (!quick.result.ok || names_prelude(quick.result.diagnostics_text)) {
    if (quick.result.used_precompiled && !watch.is_stopped())
      quick.result = compile_whole(request, translation, nullptr, watch);
    return quick;
  }
  CompileResult parsed = quick.result;
  Plan plan = plan_two_copies(*code.module);
  quick.untiered_reason = plan.reason;
  if (quick.untiered_reason.empty()) {
    const std::unique_ptr<llvm::Module> copy = quick_copy(*code.module, plan.staying);
    generate(*copy, without_optimisation(*invocation), watch, quick.result);
    if (!quick.result.ok || quick.result.diagnostics.size() != parsed.diagnostics.size())
      quick.untiered_reason = "the code generator has something to say of it";
  }
  if (quick.untiered_reason.empty()) {
    quick.shared_symbols = std::move(plan.shared_symbols);
    quick.optimizer = std::make_unique<ClangOptimizer>(std::move(parsed), std::move(code), invocation, request.limits);
  } else {
    quick.result = finish(std::move(parsed), std::move(code), invocation, request, translation, precompiled, watch);
  }
  return quick;
}

}  // namespace dijitso::compile
