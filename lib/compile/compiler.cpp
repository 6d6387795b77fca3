// Clang recurses deeply on deep expressions, so every compile runs on a thread with a large stack. When memory runs
// out, the compile fails with an error. Tested in unittests/compile/compiler_test.cpp.

#include "compile/compiler.h"

#include "compile/command/plan_command.h"
#include "compile/driver/arguments.h"
#include "compile/driver/system_headers.h"
#include "compile/driver/targets.h"
#include "compile/frontend/frontend.h"
#include "compile/limits/compile_watch.h"
#include "compile/limits/large_stack.h"
#include "compile/pch/plan_headers.h"
#include "compile/pch/precompile.h"
#include "compile/tiers/tiers.h"
#include "llvm-config/abandoned_locks.h"
#include "llvm-config/out_of_memory.h"
#include "support/float_environment.h"

#include <new>

namespace dijitso::compilation {
namespace {

template <class Work>
auto on_large_stack(const std::string& signature, Work work) try {
  decltype(work()) result;
  run_on_large_stack([&] {
    const llvm_config::AbandonedLocks locks;
    result = work();
  });
  return result;
} catch (const std::bad_alloc&) {
  throw CompileFailed(
      "module '" + signature +
          "' cannot be compiled: the compiler has run out of memory; allow the process more (ulimit -v, "
          "the limit of its container), or compile fewer modules at once (build.jobs)",
      {}, {});
} catch (const llvm_config::GaveUp& reason) {
  throw CompileFailed("module '" + signature + "' cannot be compiled: the compiler gave up: " + reason.what() +
                          "; change the code or the flags that the reason names",
                      {}, {});
}

class ClangCompiler : public Compiler {
 public:
  ClangCompiler() {
    const llvm_config::AbandonedLocks locks;
    llvm_config::throw_instead_of_ending();
    prepare_native_target();
  }

  CompileResult compile(const CompileRequest& request, const Precompiled* precompiled) override try {
    const llvm_config::AbandonedLocks locks;
    const Translation& translation = translate(request);
    return on_large_stack(request.signature, [&] {
      CompileWatch watch(request.limits);
      return compile_whole(request, translation, precompiled, watch);
    });
  } catch (const Abandoned& stop) {
    CompileResult result;
    note_stop(stop.what(), result);
    return result;
  }

  QuickResult compile_quickly(const CompileRequest& request, const Precompiled* precompiled) override try {
    const llvm_config::AbandonedLocks locks;
    const Translation& translation = translate(request);
    return on_large_stack(request.signature, [&] {
      CompileWatch watch(request.limits);
      return compile_in_tiers(request, translation, precompiled, watch);
    });
  } catch (const Abandoned& stop) {
    QuickResult quick;
    note_stop(stop.what(), quick.result);
    return quick;
  }

  HeaderPlan plan_headers(const CompileRequest& request) override {
    const llvm_config::AbandonedLocks locks;
    return compilation::plan_headers(request, *translate(request).invocation);
  }

  Precompiled precompile(const CompileRequest& request, const std::string& prelude,
                         const PrecompileLimits& limits) override try {
    const llvm_config::AbandonedLocks locks;
    const Translation& translation = translate(request);
    return on_large_stack(request.signature, [&] { return compile_prelude(request, translation, prelude, limits); });
  } catch (const Abandoned& stop) {
    Precompiled result;
    result.prelude = prelude;
    result.refusal = stop.what();
    return result;
  }

  CommandPlan plan_command(const CommandRequest& request) override {
    return on_large_stack(request.program, [&] { return compilation::plan_command(request); });
  }

  bool run_job(const CommandJob& job, const CommandRequest& request) override {
    return on_large_stack(request.program, [&] { return compilation::run_job(job, request); });
  }

  std::vector<SystemDirectory> system_directories(bool libcxx) override {
    const llvm_config::AbandonedLocks locks;
    return compilation::system_directories(translator_, libcxx);
  }

 private:
  const Translation& translate(const CompileRequest& request) {
    const DefaultFloatEnvironment usual;
    return translator_.translate(request);
  }

  ArgumentTranslator translator_;
};

}  // namespace
}  // namespace dijitso::compilation

extern "C" DIJITSO_API std::unique_ptr<dijitso::compilation::Compiler>* dijitso_compile_new_compiler() {
  return new std::unique_ptr<dijitso::compilation::Compiler>(std::make_unique<dijitso::compilation::ClangCompiler>());
}
