// dijitso.log: passes messages of the library to Python's logger, which decides which of them are shown. They may come
// from any thread, also when a module is unloaded at the end of the program; they are not delivered any more then.
// Tested in tests/python/log_test.py.

#include "bind.h"
#include "gil.h"
#include "values.h"

#include <dijitso/log.h>

namespace dijitso::python {
namespace {

void deliver_to(PyObject* deliver) {
  log::set_log_handler([deliver](log::Level level, std::string_view message) {
    with_gil([&] {
      const py::object text = to_python(Value(std::string(message)));
      try {
        call_python(py::reinterpret_borrow<py::object>(deliver), static_cast<int>(level), text);
      } catch (py::error_already_set& error) {
        // The operation that logs continues: an error is reported like those in destructors, and an interrupt is raised
        // again later.
        if (error.matches(PyExc_KeyboardInterrupt))
          PyErr_SetInterrupt();
        else
          error.discard_as_unraisable("a log handler of dijitso");
      }
    });
  });
}

}  // namespace

void bind_log(py::module_& m) {
  // Calls `deliver` with the level and text of each message. It is never released.
  m.def("deliver_to", [](const py::object& deliver) { deliver_to(py::object(deliver).release().ptr()); });
  m.def("deliver_to_standard_error", [] { log::set_log_handler({}); }, py::call_guard<GilReleased>());
  m.def("set_log_level", [](int level) { log::set_log_level(level); });
  m.def(
      "log",
      [](int level, const std::string& message) { log::get_logger().log(static_cast<log::Level>(level), message); },
      py::call_guard<GilReleased>());
}

}  // namespace dijitso::python
