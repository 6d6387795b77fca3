// The checks that every corpus must pass. Catch2 assertions: to be called from a test case.
#pragma once

#include "lookup.h"

#include <filesystem>
#include <string>

namespace ffc {

// Who makes a corpus, and who takes it through dijitso in a process of its own.
struct Programs {
  std::string python;
  std::string make_modules;  // make_modules.py
  std::string run;           // ffc_modules_run, or its like
};

// Compiles all modules in this process, and with `compiler` (an ordinary one) into `reference_dir`: they must compute
// the same. Then a second process must take all of them from disk and compute the same bits.
void check_modules(const std::filesystem::path& manifest, const std::string& compiler,
                   const std::filesystem::path& reference_dir, const Evaluate& evaluate, const Programs& programs);

// Making the modules again gives the same bytes.
void check_made_again(const std::filesystem::path& manifest, const Programs& programs);

}  // namespace ffc
