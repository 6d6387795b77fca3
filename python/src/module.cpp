// dijitso._dijitso: what the Python package calls of libdijitso. The modules of the package give it its documented
// shape (python/dijitso/*.py); here is no documentation and no default.
//
// Wherever the library may wait, compile, link, log or run static code, the GIL is released: a thread that waits for a
// lock of the library never holds it.

#include "bind.h"
#include "exceptions.h"
#include "gil.h"
#include "library.h"

#include <dijitso/version.h>

namespace dijitso::python {
namespace {

// Callbacks and log messages would run in the main interpreter, whichever had asked.
bool is_in_main_interpreter() { return PyInterpreterState_Get() == PyInterpreterState_Main(); }

constexpr const char* other_interpreter =
    "dijitso can be imported in Python's main interpreter only, and this is a subinterpreter: use a thread of the main "
    "interpreter, or a process of its own";

}  // namespace
}  // namespace dijitso::python

// What the macro makes of its name would wait for itself for ever in a subinterpreter. Python calls the function below
// instead, which asks first.
#define PyInit__dijitso PyInit_in_main_interpreter
PYBIND11_MODULE(_dijitso, m) {
  using namespace dijitso::python;
  register_exceptions();
  watch_the_end();
  m.attr("__version__") = dijitso::version();
  // What was imported in the main interpreter before is not initialised again in others.
  m.def("check_interpreter", [] {
    if (!is_in_main_interpreter()) throw py::import_error(other_interpreter);
  });
  bind_library(m);
  bind_build(m);
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
