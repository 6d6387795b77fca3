// Calls everything that a module offers through ufc.h and gives back every number.
#pragma once

#include "corpus.h"
#include "numbers.h"

#include <functional>
#include <string>

namespace ffc {

// The address of an extern "C" function of the module; never null.
using Lookup = std::function<void*(const std::string& symbol)>;

// Creates the objects of `module` through its factories and calls all their functions on fixed cells and data. The same
// code gives the same numbers in every process. The code must stay loaded until this returns; nothing of it is kept.
// Not for several threads at once: it takes over std::cerr meanwhile.
Numbers evaluate(const Module& module, const Lookup& lookup);

}  // namespace ffc
