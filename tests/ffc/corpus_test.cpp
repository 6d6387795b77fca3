// The corpus is what it is said to be: real families, dependencies first.
#include "corpus.h"
#include "process.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

TEST_CASE("the corpus has at least 25 families, and dependencies come first", "[corpus]") {
  const auto corpus = ffc::read_corpus(FFC_MANIFEST);
  CHECK(corpus.families.size() >= 25);
  std::set<std::string> seen, kinds;
  for (const auto& module : corpus.modules) {
    INFO(module.name << " of " << module.family);
    for (const auto& dependency : module.dependencies) CHECK(seen.count(dependency) == 1);
    CHECK(seen.insert(module.name).second);
    kinds.insert(module.kind);
    CHECK(corpus.source(module).find("#include \"" + module.name + ".h\"") != std::string::npos);
    for (const auto& factory : module.factories) CHECK(corpus.source(module).find(factory) != std::string::npos);
  }
  CHECK(kinds == std::set<std::string>{"coordinate_mapping", "element", "form"});
}

TEST_CASE("a family alone has what it needs and nothing else", "[corpus]") {
  const auto corpus = ffc::read_corpus(FFC_MANIFEST);
  const auto part = corpus.restricted_to({"dg_poisson"});
  CHECK(part.modules.size() < corpus.modules.size());
  CHECK(part.families.size() == 1);
  for (const auto& root : part.families[0].roots) CHECK_NOTHROW(part.module(root));
  for (const auto& module : part.modules) CHECK(module.family == "dg_poisson");
  for (const auto& module : part.modules)
    for (const auto& dependency : module.dependencies) CHECK_NOTHROW(part.module(dependency));
  CHECK_THROWS_WITH(corpus.restricted_to({"poison"}), Catch::Contains("poison") && Catch::Contains("dg_poisson"));
}

TEST_CASE("a missing or broken manifest is named", "[corpus]") {
  const ffc::TemporaryDirectory directory;
  const auto path = directory.path() / "modules.json";
  CHECK_THROWS_WITH(ffc::read_corpus(path), Catch::Contains("modules.json"));
  std::ofstream(path) << "{\"modules\": 3}";
  CHECK_THROWS_WITH(ffc::read_corpus(path), Catch::Contains("make_modules.py"));
}
