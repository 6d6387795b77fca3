// Clang recurses deeply on deep expressions, so a compile runs on a thread that has the stack, whatever thread asked
// for it. Tested in unittests/compile/compiler_test.cpp.

#include "compile/compiler.h"

#include "compile/arguments.h"
#include "compile/frontend.h"
#include "compile/invocation.h"
#include "compile/large_stack.h"
#include "compile/precompile.h"
#include "compile/system_headers.h"
#include "compile/targets.h"
#include "compile/tiers.h"
#include "support/float_environment.h"

namespace dijitso::compile {
namespace {

template <class Work>
auto on_large_stack(Work work) {
  decltype(work()) result;
  run_on_large_stack([&] { result = work(); });
  return result;
}

class ClangCompiler : public Compiler {
 public:
  ClangCompiler() { prepare_native_target(); }

  CompileResult compile(const CompileRequest& request, const Precompiled* precompiled) override {
    const Translation& translation = translate(request);
    return on_large_stack([&] {
      CompileWatch watch(request.limits);
      return compile_whole(request, translation, precompiled, watch);
    });
  }

  QuickResult compile_quickly(const CompileRequest& request, const Precompiled* precompiled) override {
    const Translation& translation = translate(request);
    return on_large_stack([&] {
      CompileWatch watch(request.limits);
      return compile_in_tiers(request, translation, precompiled, watch);
    });
  }

  std::vector<std::string> preludes_of(const CompileRequest& request) override {
    const DefaultFloatEnvironment usual;
    return compile::preludes_of(request, *make_invocation(translate(request).arguments));
  }

  Precompiled precompile(const CompileRequest& request, const std::string& prelude,
                         const PrecompileLimits& limits) override {
    const Translation& translation = translate(request);
    return on_large_stack([&] { return compile_prelude(request, translation, prelude, limits); });
  }

  bool suits(const Precompiled& precompiled, const CompileRequest& request) override {
    const DefaultFloatEnvironment usual;
    return use_of(precompiled, request, *make_invocation(translate(request).arguments)).has_value();
  }

  std::vector<SystemDirectory> system_directories(bool libcxx) override {
    return compile::system_directories(translator_, libcxx);
  }

 private:
  const Translation& translate(const CompileRequest& request) {
    const DefaultFloatEnvironment usual;
    return translator_.translate(request);
  }

  ArgumentTranslator translator_;
};

}  // namespace
}  // namespace dijitso::compile

extern "C" DIJITSO_API std::unique_ptr<dijitso::compile::Compiler>* dijitso_compile_new_compiler() {
  return new std::unique_ptr<dijitso::compile::Compiler>(std::make_unique<dijitso::compile::ClangCompiler>());
}
