// Real code: the object of a module is the same, byte for byte, with precompiled headers and without.
#include "compile/compiler.h"
#include "corpus.h"

#include <catch2/catch.hpp>

#include <map>
#include <set>

namespace {

using namespace dijitso::compile;

void add_headers(const ffc::Corpus& corpus, const ffc::Module& module, std::set<std::string>& seen,
                 std::vector<MemoryHeader>& headers) {
  if (!seen.insert(module.name).second) return;
  headers.push_back({module.name + ".h", corpus.header(module)});
  for (const std::string& dependency : module.dependencies)
    add_headers(corpus, corpus.module(dependency), seen, headers);
}

CompileRequest request_for(const ffc::Corpus& corpus, const ffc::Module& module) {
  CompileRequest request;
  request.signature = module.name;
  request.is_c = corpus.source_postfix == ".c";
  request.source = corpus.source(module);
  std::set<std::string> seen;
  add_headers(corpus, module, seen, request.headers);
  request.arguments = corpus.cxxflags;
  request.arguments.insert(request.arguments.end(), corpus.cxxflags_opt.begin(), corpus.cxxflags_opt.end());
  request.include_dirs = {corpus.include_dir};
  return request;
}

}  // namespace

TEST_CASE("objects are the same with precompiled headers") {
  const ffc::Corpus corpus = ffc::read_corpus(CORPUS_MANIFEST);
  const std::unique_ptr<std::unique_ptr<Compiler>> made(dijitso_compile_new_compiler());
  Compiler& compiler = **made;
  std::map<std::string, Precompiled> preludes;
  std::size_t used = 0;
  for (const ffc::Module& module : corpus.modules) {
    CAPTURE(module.name);
    const CompileRequest request = request_for(corpus, module);
    const std::string prelude = compiler.prelude_of(request);
    if (!preludes.contains(prelude)) preludes.emplace(prelude, compiler.precompile(request, prelude));
    const CompileResult with = compiler.compile(request, &preludes.at(prelude));
    const CompileResult without = compiler.compile(request);
    REQUIRE(without.ok);
    CHECK(with.object == without.object);
    CHECK(with.diagnostics_text == without.diagnostics_text);
    used += with.used_precompiled;
  }
  CHECK(used == corpus.modules.size());
  CHECK(preludes.size() <= 3);
}
