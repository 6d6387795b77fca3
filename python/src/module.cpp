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

PYBIND11_MODULE(_dijitso, m) {
  using namespace dijitso::python;
  register_exceptions();
  watch_the_end();
  m.attr("__version__") = dijitso::version();
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
