// Generated C: every module that FFCx makes is compiled in the process, and computes what gcc makes of it.
#include "compare_modules.h"
#include "evaluate.h"

#include <catch2/catch.hpp>

#include <set>

namespace {

const ffc::Programs programs = {FFCX_PYTHON, FFCX_MAKE_MODULES, FFCX_MODULES_RUN};

}  // namespace

TEST_CASE("all modules of FFCx compute what gcc makes of them, and a second process takes them from disk", "[ffcx]") {
  ffc::check_modules(FFCX_MANIFEST, "gcc", FFCX_REFERENCE_DIR, ffcx::evaluate, programs);
}

TEST_CASE("the corpus of FFCx has many demos, real, complex and in single precision", "[corpus]") {
  const auto corpus = ffc::read_corpus(FFCX_MANIFEST);
  std::set<std::string> real, kinds, scalars;
  for (const auto& module : corpus.modules) {
    if (module.scalar == "double") real.insert(module.family);
    kinds.insert(module.kind);
    scalars.insert(module.scalar);
    CHECK(corpus.source(module).find("#include <ufcx.h>") != std::string::npos);
  }
  CHECK(real.size() >= 20);
  CHECK(kinds == std::set<std::string>{"elements", "expressions", "forms"});
  CHECK(scalars == std::set<std::string>{"double", "double _Complex", "float"});
}

TEST_CASE("making the modules of FFCx again gives the same bytes", "[corpus]") {
  ffc::check_made_again(FFCX_MANIFEST, programs);
}
