#include "compare_precompiled.h"

#include "compile_requests.h"

#include <catch2/catch.hpp>

#include <map>

namespace ffc {
namespace {

using namespace dijitso::compilation;

CompileRequest request_with(const Corpus& corpus, const Module& module, std::vector<std::string> flags) {
  CompileRequest request = request_for(corpus, module);
  if (flags.empty()) return request;
  request.arguments = corpus.cxxflags;
  request.arguments.insert(request.arguments.end(), flags.begin(), flags.end());
  return request;
}

}  // namespace

Precompiling compare_precompiled(const Corpus& corpus, const std::vector<std::string>& flags) {
  Compiler& compiler = ffc::compiler();
  std::map<std::string, Precompiled> preludes;
  Precompiling result;
  for (const Module& module : corpus.modules) {
    CAPTURE(module.name);
    CompileRequest request = request_with(corpus, module, flags);
    request.header_plan = compiler.plan_headers(request);
    const Precompiled* suitable = nullptr;
    for (const Prelude& prelude : request.header_plan.preludes) {
      if (!preludes.contains(prelude.text)) preludes.emplace(prelude.text, compiler.precompile(request, prelude.text));
      const Precompiled& precompiled = preludes.at(prelude.text);
      CHECK(precompiled.refusal == "");
      if (suitable = prelude.suits(precompiled) ? &precompiled : nullptr; suitable) break;
    }
    const CompileResult with = compiler.compile(request, suitable);
    const CompileResult without = compiler.compile(request);
    REQUIRE(without.ok);
    CHECK((with.object == without.object));  // in brackets: not to be printed
    CHECK(with.diagnostics_text == without.diagnostics_text);
    result.used += with.used_precompiled;
  }
  for (const auto& [text, precompiled] : preludes) result.preludes += !precompiled.pch.empty();
  return result;
}

}  // namespace ffc
