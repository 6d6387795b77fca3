// Calls everything that a module of FFCx offers through ufcx.h and gives back every number.
#pragma once

#include "lookup.h"

namespace ffcx {

// Reads the objects of `module` and calls all their functions on fixed cells and data. The code must stay loaded until
// this returns; nothing of it is kept.
ffc::Numbers evaluate(const ffc::Module& module, const ffc::Lookup& lookup);

}  // namespace ffcx
