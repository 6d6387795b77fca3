// A picture of a Python value that tells later whether another value is the same, without trusting that nobody changed
// it: what can change is compared item by item. No code of Python runs while comparing.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <utility>
#include <vector>

namespace dijitso::python {

namespace py = pybind11;

class Frozen {
 public:
  // nullopt when the value has a part whose equality only Python's code could tell: then nothing can be remembered.
  // Understood are None, bool, int, float, str, bytes, and tuples, lists and dicts of these.
  static std::optional<Frozen> of(py::handle value);

  // Equal in types, values and order.
  bool is(PyObject* now) const;

 private:
  bool is_same_sequence(PyObject* now) const;
  bool is_same_dict(PyObject* now) const;

  py::object value_;  // an atom, or the type of the container
  bool is_atom_ = true;
  bool is_dict_ = false;
  std::vector<Frozen> keys_;
  std::vector<Frozen> items_;
};

}  // namespace dijitso::python
