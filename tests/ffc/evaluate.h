// Calls everything that a module of FFC offers through ufc.h and gives back every number.
#pragma once

#include "lookup.h"

namespace ffc {

// Creates the objects of `module` through its factories and calls all their functions on fixed cells and data. The same
// code gives the same numbers in every process. The code must stay loaded until this returns; nothing of it is kept.
// Not for several threads at once: it takes over std::cerr meanwhile.
Numbers evaluate(const Module& module, const Lookup& lookup);

}  // namespace ffc
