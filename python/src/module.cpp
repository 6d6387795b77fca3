// dijitso._dijitso: the functions of libdijitso that the Python package calls. The modules of the package
// (python/dijitso/*.py) provide the documented interface; this extension has no documentation and no defaults.
//
// The GIL is released wherever the library may wait, compile, link, log or run static code, so a thread that waits for
// a lock of the library never holds it.

#include "bind.h"
#include "exceptions.h"
#include "function.h"
#include "gil.h"
#include "library.h"

#include <dijitso/version.h>

namespace dijitso::python {
namespace {

// Other interpreters are refused, because callbacks and log messages would always run in the main interpreter.
bool is_in_main_interpreter() { return PyInterpreterState_Get() == PyInterpreterState_Main(); }

constexpr const char* other_interpreter =
    "dijitso can be imported in Python's main interpreter only, and this is a subinterpreter: use a thread of the main "
    "interpreter, or a process of its own";

}  // namespace
}  // namespace dijitso::python

// In a subinterpreter, the init function that the macro creates would wait for itself forever. Python calls the
// function below instead, which checks the interpreter first.
#define PyInit__dijitso PyInit_in_main_interpreter
PYBIND11_MODULE(_dijitso, m) {
  using namespace dijitso::python;
  register_exceptions();
  watch_python_exit();
  m.attr("__version__") = dijitso::version();
  // A module that was imported in the main interpreter is not initialised again in others, so dijitso/__init__.py calls
  // this.
  m.def("check_interpreter", [] {
    if (!is_in_main_interpreter()) throw py::import_error(other_interpreter);
  });
  bind_library(m);
  bind_build(m);
  bind_compile(m);
  bind_functions(m);
  bind_cache(m);
  bind_cmdline(m);
  bind_jit(m);
  bind_log(m);
  bind_params(m);
  bind_signatures(m);
  bind_system(m);
}
#undef PyInit__dijitso

extern "C" PYBIND11_EXPORT PyObject* PyInit__dijitso() {
  if (dijitso::python::is_in_main_interpreter()) return PyInit_in_main_interpreter();
  PyErr_SetString(PyExc_ImportError, dijitso::python::other_interpreter);
  return nullptr;
}
