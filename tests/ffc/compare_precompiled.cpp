#include "compare_precompiled.h"

#include "compile/compiler.h"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <set>

namespace ffc {
namespace {

using namespace dijitso::compile;

void add_headers(const Corpus& corpus, const Module& module, std::set<std::string>& seen,
                 std::vector<MemoryHeader>& headers) {
  if (!seen.insert(module.name).second) return;
  headers.push_back({module.name + ".h", corpus.header(module)});
  for (const std::string& dependency : module.dependencies)
    add_headers(corpus, corpus.module(dependency), seen, headers);
}

CompileRequest request_for(const Corpus& corpus, const Module& module, const std::vector<std::string>& flags) {
  CompileRequest request;
  request.signature = module.name;
  request.is_c = corpus.source_postfix == ".c";
  request.source = corpus.source(module);
  std::set<std::string> seen;
  add_headers(corpus, module, seen, request.headers);
  request.arguments = corpus.cxxflags;
  const std::vector<std::string>& more = flags.empty() ? corpus.cxxflags_opt : flags;
  request.arguments.insert(request.arguments.end(), more.begin(), more.end());
  request.include_dirs = corpus.include_dirs;
  return request;
}

}  // namespace

Precompiling compare_precompiled(const Corpus& corpus, const std::vector<std::string>& flags) {
  const std::unique_ptr<std::unique_ptr<Compiler>> made(dijitso_compile_new_compiler());
  Compiler& compiler = **made;
  std::map<std::string, Precompiled> preludes;
  Precompiling result;
  for (const Module& module : corpus.modules) {
    CAPTURE(module.name);
    const CompileRequest request = request_for(corpus, module, flags);
    const Precompiled* suitable = nullptr;
    for (const std::string& text : compiler.preludes_of(request)) {
      if (!preludes.contains(text)) preludes.emplace(text, compiler.precompile(request, text));
      const Precompiled& precompiled = preludes.at(text);
      CHECK(precompiled.refusal == "");
      if (suitable = compiler.suits(precompiled, request) ? &precompiled : nullptr; suitable) break;
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
