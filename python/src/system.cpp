// dijitso.system: functions on files. Tested in tests/python/parity_test.py.

#include "bind.h"
#include "gil.h"
#include "values.h"

#include <pybind11/stl.h>

#include <dijitso/system.h>

namespace dijitso::python {
namespace {

using Text = std::optional<std::string>;
using Environment = std::optional<std::map<std::string, std::string>>;

template <class Command>
std::pair<int, py::object> status_output(const Command& command, const Text& input, const Text& cwd,
                                         const Environment& env) {
  system::StatusOutput result;
  {
    const GilReleased gil_released;
    result = system::get_status_output(command, input, cwd, env);
  }
  return {result.status, to_python(Value(result.output))};
}

}  // namespace

void bind_system(py::module_& m) {
  const py::call_guard<GilReleased> released;
  m.def("get_status_output", &status_output<std::string>);
  m.def("get_status_output", &status_output<std::vector<std::string>>);
  m.def("ldd", &system::ldd, released);
  m.def("lockfree_move_file", &system::lockfree_move_file, released);
  m.def("move_file", &system::move_file, released);
  m.def("rename_file", &system::rename_file, released);
  m.def("try_rename_file", &system::try_rename_file, released);
  m.def("try_copy_file", &system::try_copy_file, released);
  m.def("try_delete_file", &system::try_delete_file, released);
  m.def("gzip_file", &system::gzip_file, released);
  m.def("gunzip_file", &system::gunzip_file, released);
  m.def("read_textfile", &system::read_textfile, released);
  m.def("store_textfile", &system::store_textfile, released);
  m.def("make_executable", &system::make_executable, released);
  m.def("make_dirs", &system::make_dirs, released);
}

}  // namespace dijitso::python
