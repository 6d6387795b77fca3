// dijitso.signatures: digests of parameters and of any object with a meaningful repr. Tested in
// tests/python/params_test.py.

#include "bind.h"
#include "values.h"

#include <dijitso/signatures.h>

namespace dijitso::python {
namespace {

bool has_two_levels(const py::dict& params) {
  for (const auto& [name, value] : params)
    if (!PyDict_Check(value.ptr())) return false;
  return !params.empty();
}

std::string canonicalize(py::handle params) {
  const py::dict dict = as_dict(params, "params");
  if (!has_two_levels(dict)) return signatures::canonicalize_params_for_hashing(param_dict(dict, "params", true));
  ParamsDict dicts;
  for (const auto& [category, values] : dict) {
    const std::string name = text_of(py::str(category));
    dicts[name] = param_dict(values, name, true);
  }
  return signatures::canonicalize_params_for_hashing(dicts);
}

// A str is hashed directly. The text of another object begins with NUL, so it differs from every str of the caller.
std::string hashit(py::handle data) {
  if (PyUnicode_Check(data.ptr())) return signatures::hashit(text_of(data));
  return signatures::hashit(std::string(1, '\0') + canonical_text(data, "data"));
}

}  // namespace

void bind_signatures(py::module_& m) {
  m.def("canonicalize_params_for_hashing", &canonicalize);
  m.def("hash_params", [](py::handle params) { return signatures::hashit(canonicalize(params)); });
  m.def("hashit", &hashit);
}

}  // namespace dijitso::python
