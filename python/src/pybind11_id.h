// pybind11 modules in one process share their types if they are built for the same compiler name. Modules that are
// compiled here use the compiler name of the modules that are already loaded.
#pragma once

#include "resolve.h"

namespace dijitso::python {

// Appends the definitions of pybind11's names to build.cxxflags, except those that are there already, and unless the
// pybind11 that will be included needs none. Call it with the GIL.
ParamsPointer with_pybind11_id(const Params& params);

}  // namespace dijitso::python
