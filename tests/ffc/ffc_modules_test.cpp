// The main job on real input: every module that FFC makes is compiled in the process, and computes what g++ makes of
// it.
#include "compare_modules.h"
#include "evaluate.h"

#include <catch2/catch.hpp>

namespace {

const ffc::Programs programs = {FFC_PYTHON, FFC_MAKE_MODULES, FFC_MODULES_RUN};

}  // namespace

TEST_CASE("all modules of FFC compute what g++ makes of them, and a second process takes them from disk", "[ffc]") {
  ffc::check_modules(FFC_MANIFEST, "g++", FFC_REFERENCE_DIR, ffc::evaluate, programs);
}

TEST_CASE("making the modules again gives the same bytes", "[corpus]") {
  ffc::check_made_again(FFC_MANIFEST, programs);
}
