// Real code: nearly every module is compiled in two tiers, and what the second gives is the object of an ordinary
// compile, byte for byte.
#include "compile_requests.h"
#include "orc/session.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <map>

using namespace dijitso::compile;
using dijitso::Bytes;

namespace {

dijitso::SharedBytes shared(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

}  // namespace

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

TEST_CASE("optimised code takes the place of quick code") {
  const ffc::Corpus corpus = ffc::read_corpus(CORPUS_MANIFEST);
  const std::unique_ptr<std::shared_ptr<dijitso::orc::Session>> made(dijitso_orc_new_session({}));
  dijitso::orc::Session& session = **made;
  std::map<std::string, std::shared_ptr<const dijitso::orc::LinkedModule>> linked;
  std::map<std::string, QuickResult> quick;
  for (const ffc::Module& module : corpus.modules) {  // dependencies first
    QuickResult& result = quick[module.name] = ffc::compiler().compile_quickly(ffc::request_for(corpus, module));
    dijitso::orc::LinkRequest request;
    request.name = module.name;
    request.object = shared(std::move(result.result.object));
    for (const std::string& dependency : module.dependencies) {
      request.dependencies.push_back(linked.at(dependency));
      request.dependency_names.push_back(dependency);
    }
    linked[module.name] = session.link(request);
  }
  for (const ffc::Module& module : corpus.modules) {
    QuickResult& result = quick.at(module.name);
    if (!result.optimizer) continue;
    CAPTURE(module.name);
    const auto address = [&](const std::string& factory) { return linked.at(module.name)->find(factory); };
    std::vector<void*> before;
    std::transform(module.factories.begin(), module.factories.end(), std::back_inserter(before), address);
    CHECK_NOTHROW(
        session.replace(linked.at(module.name), shared(result.optimizer->optimize().object), result.shared_symbols));
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(before[i] != nullptr);
      CHECK(address(module.factories[i]) == before[i]);
    }
  }
}
