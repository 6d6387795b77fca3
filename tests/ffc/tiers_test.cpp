// Real code: nearly every module is compiled in two tiers. What the second gives is the object of an ordinary compile,
// byte for byte, and it takes the place of the first.
#include "compile_requests.h"
#include "orc/session.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <map>

using namespace dijitso::compilation;
using dijitso::Bytes;

namespace {

struct Linked {
  std::shared_ptr<const dijitso::orc::LinkedModule> module;
  Bytes optimised;  // empty: not in two tiers
  std::vector<std::string> shared_symbols;

  std::vector<void*> addresses(const std::vector<std::string>& symbols) const {
    std::vector<void*> result;
    std::transform(symbols.begin(), symbols.end(), std::back_inserter(result),
                   [this](const std::string& symbol) { return module->find(symbol); });
    return result;
  }
};

dijitso::SharedBytes shared(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

// The object when it is optimised later.
Bytes check_tiers(const CompileResult& whole, QuickResult& quick) {
  REQUIRE(quick.result.ok);
  if (!quick.optimizer) {
    CHECK(quick.result.object == whole.object);
    return {};
  }
  CHECK(quick.result.object != whole.object);
  CompileResult later = quick.optimizer->optimize();
  CHECK(later.object == whole.object);
  CHECK(later.diagnostics_text == whole.diagnostics_text);
  CHECK(later.isa_features == whole.isa_features);
  CHECK(later.files.size() == whole.files.size());
  return std::move(later.object);
}

}  // namespace

TEST_CASE("modules in two tiers") {
  const ffc::Corpus corpus = ffc::read_corpus(CORPUS_MANIFEST);
  Compiler& compiler = ffc::compiler();
  const std::unique_ptr<std::shared_ptr<dijitso::orc::Session>> session(dijitso_orc_new_session({}));
  std::map<std::string, Precompiled> preludes;
  std::map<std::string, Linked> linked;
  std::size_t tiered = 0;
  for (const ffc::Module& module : corpus.modules) {  // dependencies first
    CAPTURE(module.name);
    CompileRequest request = ffc::request_for(corpus, module);
    request.header_plan = compiler.plan_headers(request);
    const std::string prelude = request.header_plan.preludes.at(0).text;
    if (!preludes.contains(prelude)) preludes.emplace(prelude, compiler.precompile(request, prelude));
    const CompileResult whole = compiler.compile(request);
    QuickResult without = compiler.compile_quickly(request);
    QuickResult with = compiler.compile_quickly(request, &preludes.at(prelude));
    check_tiers(whole, without);
    CHECK(with.shared_symbols == without.shared_symbols);
    tiered += with.optimizer != nullptr;

    Linked& result = linked[module.name];
    result.optimised = check_tiers(whole, with);
    result.shared_symbols = std::move(with.shared_symbols);
    dijitso::orc::LinkRequest link;
    link.name = module.name;
    link.object = shared(std::move(with.result.object));
    for (const std::string& dependency : module.dependencies) {
      link.dependencies.push_back(linked.at(dependency).module);
      link.dependency_names.push_back(dependency);
    }
    result.module = (*session)->link(link);
  }
  CHECK(tiered + 2 >= corpus.modules.size());  // two of FFC's have static arrays into which they write

  for (const ffc::Module& module : corpus.modules) {
    CAPTURE(module.name);
    Linked& code = linked.at(module.name);
    if (code.optimised.empty()) continue;
    const auto before = code.addresses(module.factories);
    CHECK(std::find(before.begin(), before.end(), nullptr) == before.end());
    CHECK_NOTHROW((*session)->replace(code.module, shared(std::move(code.optimised)), code.shared_symbols));
    CHECK(code.addresses(module.factories) == before);
  }
}
