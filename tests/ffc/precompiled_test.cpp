// Real code: the object of a module is the same, byte for byte, with precompiled headers and without.
#include "compare_precompiled.h"

#include <catch2/catch.hpp>

TEST_CASE("objects are the same with precompiled headers") {
  const ffc::Corpus corpus = ffc::read_corpus(CORPUS_MANIFEST);
  const ffc::Precompiling result = ffc::compare_precompiled(corpus);
  CHECK(result.used == corpus.modules.size());
  CHECK(result.preludes <= 3);
}
