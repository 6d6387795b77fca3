// Functions of compiled code on arrays of numpy.
#pragma once

#include <pybind11/pybind11.h>

namespace dijitso::python {

// The numpy.ufunc of a Function object: a new reference, the same object each time. TypeError for functions that take
// or return anything but numbers. nullptr with a Python error.
PyObject* ufunc_of(PyObject* function);

}  // namespace dijitso::python
