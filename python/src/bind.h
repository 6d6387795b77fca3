// One function for each documented module that is backed by the library.
#pragma once

#include <pybind11/pybind11.h>

namespace dijitso::python {

namespace py = pybind11;

void bind_build(py::module_& m);
void bind_cache(py::module_& m);
void bind_cmdline(py::module_& m);
void bind_compile(py::module_& m);
void bind_jit(py::module_& m);
void bind_log(py::module_& m);
void bind_params(py::module_& m);
void bind_signatures(py::module_& m);
void bind_system(py::module_& m);

}  // namespace dijitso::python
