// Real code: nearly every module is compiled in two tiers, and what the second gives is the object of an ordinary
// compile, byte for byte.
#include "compile_requests.h"

#include <catch2/catch.hpp>

#include <map>

using namespace dijitso::compile;

TEST_CASE("optimised later, objects are the same") {
  const ffc::Corpus corpus = ffc::read_corpus(CORPUS_MANIFEST);
  Compiler& compiler = ffc::compiler();
  std::map<std::string, Precompiled> preludes;
  std::map<std::string, std::size_t> reasons;
  for (const ffc::Module& module : corpus.modules) {
    CAPTURE(module.name);
    const CompileRequest request = ffc::request_for(corpus, module);
    const std::string prelude = compiler.prelude_of(request);
    if (!preludes.contains(prelude)) preludes.emplace(prelude, compiler.precompile(request, prelude));
    const CompileResult whole = compiler.compile(request);
    for (const bool with_precompiled : {false, true}) {
      const Precompiled* const precompiled = with_precompiled ? &preludes.at(prelude) : nullptr;
      QuickResult quick = compiler.compile_quickly(request, precompiled);
      REQUIRE(quick.result.ok);
      if (precompiled) ++reasons[quick.untiered_reason];
      const CompileResult later = quick.optimizer ? quick.optimizer->optimize() : quick.result;
      CHECK(later.object == whole.object);
      CHECK(later.diagnostics_text == whole.diagnostics_text);
      CHECK(later.isa_features == whole.isa_features);
      CHECK(later.files.size() == whole.files.size());
      if (quick.optimizer) CHECK(quick.result.object != whole.object);
    }
  }
  std::string text;
  for (const auto& [reason, count] : reasons)
    text += std::to_string(count) + " " + (reason.empty() ? "in two tiers" : reason) + "\n";
  CAPTURE(text);
  CHECK(reasons[""] == corpus.modules.size());
}
