// The main job on real input: every module that FFC makes is compiled in the process, and computes what g++ makes of
// it.
#include "jit_modules.h"
#include "process.h"
#include "shared_libraries.h"

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

namespace {

constexpr double tolerance = 1e-12;  // relative to the largest number of a tensor

// What ffc_modules_run says of a run over the cache.
nlohmann::json run_again(const std::filesystem::path& cache) {
  const auto child = ffc::run({FFC_MODULES_RUN, "--json", "--manifest", FFC_MANIFEST, "--cache-dir", cache.string()});
  INFO(child.output);
  REQUIRE(child.status == 0);
  return nlohmann::json::parse(child.output);
}

}  // namespace

TEST_CASE("all modules of FFC compute what g++ makes of them, and a second process takes them from disk", "[ffc]") {
  const auto corpus = ffc::read_corpus(FFC_MANIFEST);
  const ffc::SharedLibraries reference(corpus, "g++", FFC_REFERENCE_DIR);
  reference.build_missing(corpus.modules);

  const ffc::TemporaryDirectory cache;
  const auto params = ffc::jit_params(corpus, cache.path());
  ffc::Numbers all;
  dijitso::Jit jit;
  // Asked for from the end: dependencies are built inside the generate of what needs them.
  for (auto module = corpus.modules.rbegin(); module != corpus.modules.rend(); ++module) {
    INFO(module->family << ": " << module->kind << " " << module->name);
    const auto library = ffc::jit_module(jit, corpus, *module, params);
    CHECK(library.signature() == module->name);
    const auto numbers = ffc::evaluate(*module, ffc::lookup_in(library));
    CHECK(ffc::count(numbers) > 20);
    const auto expected = ffc::evaluate(*module, ffc::lookup_in(reference.open(*module)));
    const auto differs = ffc::difference(numbers, expected, tolerance);
    INFO(differs.value_or("no difference"));
    CHECK(!differs);
  }
  CHECK(jit.counters().compiles == corpus.modules.size());
  CHECK(jit.counters().published == corpus.modules.size());
  CHECK(jit.counters().disk_hits == 0);
  CHECK(jit.counters().fallbacks == 0);

  for (const auto& module : corpus.modules) {
    const auto library = ffc::jit_module(jit, corpus, module, params);
    const auto numbers = ffc::evaluate(module, ffc::lookup_in(library));
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  CHECK(jit.counters().compiles == corpus.modules.size());

  const auto second = run_again(cache.path());
  CHECK(second.at("modules") == corpus.modules.size());
  CHECK(second.at("first_pass").at("compiles") == 0);
  CHECK(second.at("first_pass").at("disk_hits") == corpus.modules.size());
  CHECK(second.at("first_pass").at("quarantined") == 0);
  CHECK(second.at("digest") == ffc::digest(all));
}
