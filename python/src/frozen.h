// A copy of a Python value with which later values are compared. Mutable containers are copied and compared item by
// item, because they may have been changed. A comparison runs no Python code.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <utility>
#include <vector>

namespace dijitso::python {

namespace py = pybind11;

class Frozen {
 public:
  // Returns nullopt when a part of the value has a type whose equality only Python code can decide; then nothing can be
  // remembered. Supported are None, bool, int, float, str, bytes, and tuples, lists and dicts of these.
  static std::optional<Frozen> of(py::handle value);

  // Whether `now` is equal in types, values and order.
  bool is(PyObject* now) const;

 private:
  bool is_same_sequence(PyObject* now) const;
  bool is_same_dict(PyObject* now) const;

  py::object value_;  // the value of an atom, or the type of a container
  bool is_atom_ = true;
  bool is_dict_ = false;
  std::vector<Frozen> keys_;
  std::vector<Frozen> items_;
};

}  // namespace dijitso::python
