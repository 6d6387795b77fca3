// The corpus is what it is said to be: real families, dependencies first, the same bytes each time.
#include "corpus.h"
#include "process.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <set>

namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the corpus has at least twelve families, and dependencies come first", "[corpus]") {
  const auto corpus = ffc::read_corpus(FFC_MANIFEST);
  CHECK(corpus.families.size() >= 12);
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

TEST_CASE("making the modules again gives the same bytes", "[corpus]") {
  const ffc::TemporaryDirectory directory;
  const auto made = ffc::run({FFC_PYTHON, FFC_MAKE_MODULES, directory.path().string()}, {"PYTHONHASHSEED=12345"});
  INFO(made.output);
  REQUIRE(made.status == 0);
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(directory.path())) {
    INFO(file.path());
    CHECK(bytes_of(file.path()) == bytes_of(fs::path(FFC_MANIFEST).parent_path() / file.path().filename()));
    ++files;
  }
  CHECK(files == 2 * ffc::read_corpus(FFC_MANIFEST).modules.size() + 1);
}
