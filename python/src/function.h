// Functions of compiled code that are called with Python values by their prototypes: the type
// dijitso._dijitso.Function.
//
// A call converts its arguments, releases the GIL, and turns a C++ exception into a RuntimeError. An object keeps the
// code loaded. Thread-safety: as for all objects of Python.
#pragma once

#include "call_types.h"
#include "library.h"

#include <pybind11/pybind11.h>

#include <dijitso/prototypes.h>

#include <memory>
#include <string>

namespace dijitso::python {

// What a Function object refers to; it never changes.
struct Callable {
  Prototype prototype;
  void (*address)() = nullptr;
  std::shared_ptr<CallTypes> types;  // owns the layouts of structures
  CallType result;
  std::vector<CallType> parameters;
  std::vector<ffi_type*> passed;  // of the parameters
  ffi_cif interface{};
  py::object code;  // keeps it loaded
};

// The address of the code of a Function object; nullptr for other objects.
void* address_of_function(PyObject* object);

// What a Function object refers to. The object must be one.
const Callable& callable_of(PyObject* function);

// Sets a RuntimeError with the text of the exception that is being handled. The GIL must be held.
void set_runtime_error();

void bind_functions(py::module_& m);

}  // namespace dijitso::python
