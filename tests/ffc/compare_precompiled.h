// Compiles the modules of a corpus with precompiled headers and without.
#pragma once

#include "corpus.h"

#include <cstddef>
#include <vector>

namespace ffc {

struct Precompiling {
  std::size_t preludes = 0;  // beginnings that were precompiled
  std::size_t used = 0;      // modules that one of them was used for
};

// Checks (of Catch) that the objects are the same, byte for byte, and so is what the compiler says. With `flags` in
// place of those for optimised code, unless they are empty.
Precompiling compare_precompiled(const Corpus& corpus, const std::vector<std::string>& flags = {});

}  // namespace ffc
