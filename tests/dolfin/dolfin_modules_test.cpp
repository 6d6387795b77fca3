// DOLFIN's modules have most to gain from precompiled headers: nearly all of their time goes into the headers.
#include "compare_precompiled.h"

#include <catch2/catch.hpp>

#include <string>

namespace {

ffc::Corpus corpus(const std::string& kind) {
  return ffc::read_corpus(std::string(DOLFIN_MODULES_DIR) + "/" + kind + "/modules.json");
}

}  // namespace

TEST_CASE("expressions and subdomains are the same with precompiled headers") {
  const ffc::Corpus strings = corpus("strings");
  const ffc::Precompiling result = ffc::compare_precompiled(strings);
  CHECK(result.used == strings.modules.size());
  CHECK(result.preludes == 2);
}

TEST_CASE("they are so without optimisation, where every constructor stays") {
  const ffc::Corpus expressions = corpus("strings").restricted_to({"expression"});
  CHECK(ffc::compare_precompiled(expressions, {"-O0"}).used == expressions.modules.size());
}

// pybind11's headers give warnings, and one module configures them by macros.
TEST_CASE("modules for Python are the same with precompiled headers") {
  const ffc::Corpus pybind11 = corpus("pybind11");
  const ffc::Precompiling result = ffc::compare_precompiled(pybind11);
  CHECK(result.used == pybind11.modules.size());
  CHECK(result.preludes <= 3);
}
