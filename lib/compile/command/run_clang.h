// Runs the compiler proper for a job whose result is not kept: preprocessed text, assembly, LLVM's code, or only
// messages.
#pragma once

#include "compile/compiler.h"

#include <string>
#include <vector>

namespace dijitso::compilation {

// Takes the arguments after -cc1. Writes the output that they name, whole or not at all, and messages to standard
// error.
bool run_clang(const std::vector<std::string>& arguments, const CommandRequest& request);

}  // namespace dijitso::compilation
