// Real code: the object of a module is the same, byte for byte, with precompiled headers and without.
#include "compile_requests.h"

#include <catch2/catch.hpp>

#include <map>

using namespace dijitso::compile;

TEST_CASE("objects are the same with precompiled headers") {
  const ffc::Corpus corpus = ffc::read_corpus(CORPUS_MANIFEST);
  Compiler& compiler = ffc::compiler();
  std::map<std::string, Precompiled> preludes;
  std::size_t used = 0;
  for (const ffc::Module& module : corpus.modules) {
    CAPTURE(module.name);
    const CompileRequest request = ffc::request_for(corpus, module);
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
