// dijitso.params: defaults, the configuration file, validation. Tested in tests/python/params_test.py.

#include "bind.h"
#include "gil.h"
#include "resolve.h"

#include <pybind11/stl.h>

#include <dijitso/params.h>

namespace dijitso::python {
namespace {

// Only names are checked, so values of any type are allowed.
ParamsDict names_only(py::handle dicts) {
  ParamsDict result;
  for (const auto& [category, dict] : as_dict(dicts, "parameters")) {
    ParamDict& target = result[text_of(py::str(category))];
    if (dict.is_none()) continue;
    for (const auto& [name, value] : as_dict(dict, "the parameters of a category")) target[text_of(py::str(name))] = {};
  }
  return result;
}

void check_params_keys(py::handle defaults, py::handle params) {
  params::check_params_keys(names_only(defaults), names_only(params));
}

py::dict read_config_file() {
  ParamsDict config;
  {
    const GilReleased gil_released;
    config = params::read_config_file();
  }
  return to_python(config);
}

py::dict session_default_params() {
  Params session;
  {
    const GilReleased gil_released;
    session = params::session_default_params();
  }
  return to_python(params::as_dict(session));
}

}  // namespace

void bind_params(py::module_& m) {
  m.def("as_bool", [](py::handle value) { return params::as_bool(plain_value(value, "value")); });
  m.def("as_str_tuple", [](py::handle p) { return to_python(Value(params::as_str_tuple(plain_value(p, "p")))); });
  m.def("default_params", [] { return to_python(params::default_params()); });
  m.def("default_cxx_compiler", &params::default_cxx_compiler);
  m.def("default_cxx_flags", [] { return to_python(Value(params::default_cxx_flags())); });
  m.def("default_cxx_debug_flags", [] { return to_python(Value(params::default_cxx_debug_flags())); });
  m.def("default_cxx_release_flags", [] { return to_python(Value(params::default_cxx_release_flags())); });
  m.def("check_params_keys", &check_params_keys);
  m.def("discover_config_filename", &params::discover_config_filename, py::call_guard<GilReleased>());
  m.def("read_config_file", &read_config_file);
  m.def("session_default_params", &session_default_params);
  m.def("validate_params", [](py::handle params) { return resolve_as_dict(params); });
}

}  // namespace dijitso::python
