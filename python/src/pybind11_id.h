// Modules of pybind11 in this process share their types when they name the same compiler. Those compiled here are to
// name the compiler of the modules that are already loaded.
#pragma once

#include "resolve.h"

namespace dijitso::python {

// The parameters with the definitions of pybind11's names appended to build.cxxflags, those that are there excepted.
// Called with the GIL.
ParamsPointer with_pybind11_id(const Params& params);

}  // namespace dijitso::python
