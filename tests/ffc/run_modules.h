// The program that takes a corpus through dijitso and shows what that costs.
#pragma once

#include "lookup.h"

#include <string>

namespace ffc {

// Its main function. `program` is its name, `manifest` what it reads unless told otherwise.
int run_modules(int argc, char** argv, const std::string& program, const std::string& manifest,
                const Evaluate& evaluate);

}  // namespace ffc
