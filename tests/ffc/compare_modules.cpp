// In-process code against that of an ordinary compiler, and one process against the next.
#include "compare_modules.h"

#include "jit_modules.h"
#include "process.h"
#include "shared_libraries.h"

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace ffc {
namespace {

// Relative to the largest number of a tensor: how far compilers may differ who do the same operations in another order.
double tolerance(const Module& module) { return module.scalar == "float" ? 1e-5 : 1e-12; }

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the other process says of a run over the cache.
nlohmann::json run_again(const Programs& programs, const fs::path& manifest, const fs::path& cache) {
  const auto child = run({programs.run, "--json", "--manifest", manifest.string(), "--cache-dir", cache.string()});
  INFO(child.output);
  REQUIRE(child.status == 0);
  return nlohmann::json::parse(child.output);
}

}  // namespace

void check_modules(const fs::path& manifest, const std::string& compiler, const fs::path& reference_dir,
                   const Evaluate& evaluate, const Programs& programs) {
  const auto corpus = read_corpus(manifest);
  const SharedLibraries reference(corpus, compiler, reference_dir);
  reference.build_missing(corpus.modules);

  const TemporaryDirectory cache;
  const auto params = jit_params(corpus, cache.path());
  Numbers all;
  dijitso::Jit jit;
  // Asked for from the end: dependencies are built inside the generate of what needs them.
  for (auto module = corpus.modules.rbegin(); module != corpus.modules.rend(); ++module) {
    INFO(module->family << ": " << module->kind << " " << module->name);
    const auto library = jit_module(jit, corpus, *module, params);
    CHECK(library.signature() == module->name);
    const auto numbers = evaluate(*module, lookup_in(library));
    CHECK(count(numbers) > 20);
    const auto expected = evaluate(*module, lookup_in(reference.open(*module)));
    const auto differs = difference(numbers, expected, tolerance(*module));
    INFO(differs.value_or("no difference"));
    CHECK(!differs);
  }
  CHECK(jit.counters().compiles == corpus.modules.size());
  CHECK(jit.counters().published == corpus.modules.size());
  CHECK(jit.counters().disk_hits == 0);
  CHECK(jit.counters().fallbacks == 0);

  for (const auto& module : corpus.modules) {
    const auto library = jit_module(jit, corpus, module, params);
    const auto numbers = evaluate(module, lookup_in(library));
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  CHECK(jit.counters().compiles == corpus.modules.size());

  const auto second = run_again(programs, manifest, cache.path());
  CHECK(second.at("modules") == corpus.modules.size());
  CHECK(second.at("first_pass").at("compiles") == 0);
  CHECK(second.at("first_pass").at("disk_hits") == corpus.modules.size());
  CHECK(second.at("first_pass").at("quarantined") == 0);
  CHECK(second.at("digest") == digest(all));
}

void check_made_again(const fs::path& manifest, const Programs& programs) {
  const TemporaryDirectory directory;
  const auto made = run({programs.python, programs.make_modules, directory.path().string()}, {"PYTHONHASHSEED=12345"});
  INFO(made.output);
  REQUIRE(made.status == 0);
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(directory.path())) {
    INFO(file.path());
    CHECK(bytes_of(file.path()) == bytes_of(manifest.parent_path() / file.path().filename()));
    ++files;
  }
  CHECK(files == 2 * read_corpus(manifest).modules.size() + 1);
}

}  // namespace ffc
