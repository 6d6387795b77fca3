// The values of parameters are nearly always the same objects as last time, so a comparison is mostly one of addresses.
// Equal str objects or numbers at different addresses are equal, too. Tested in tests/python/params_test.py.

#include "frozen.h"

#include <bit>
#include <cstdint>

namespace dijitso::python {
namespace {

constexpr int deepest = 16;

bool is_immutable(PyObject* object) {
  return object == Py_None || PyBool_Check(object) || PyLong_CheckExact(object) || PyFloat_CheckExact(object) ||
         PyUnicode_CheckExact(object) || PyBytes_CheckExact(object);
}

// Floats are compared by their bits, because 0.0 == -0.0.
bool is_equal_atom(PyObject* a, PyObject* b) {
  if (a == b) return true;
  if (Py_TYPE(a) != Py_TYPE(b)) return false;
  if (PyFloat_CheckExact(a))
    return std::bit_cast<std::uint64_t>(PyFloat_AS_DOUBLE(a)) == std::bit_cast<std::uint64_t>(PyFloat_AS_DOUBLE(b));
  return PyObject_RichCompareBool(a, b, Py_EQ) == 1;
}

}  // namespace

std::optional<Frozen> Frozen::of(py::handle value) {
  struct Freezer {
    static std::optional<Frozen> freeze(PyObject* object, int depth) {
      Frozen frozen;
      if (is_immutable(object)) {
        frozen.value_ = py::reinterpret_borrow<py::object>(object);
        return frozen;
      }
      if (depth == deepest) return std::nullopt;
      frozen.is_atom_ = false;
      frozen.is_dict_ = PyDict_CheckExact(object);
      frozen.value_ = py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(Py_TYPE(object)));
      const auto add = [&](std::vector<Frozen>& target, PyObject* part) {
        std::optional<Frozen> item = freeze(part, depth + 1);
        if (item) target.push_back(std::move(*item));
        return item.has_value();
      };
      if (frozen.is_dict_) {
        PyObject *key = nullptr, *item = nullptr;
        for (Py_ssize_t position = 0; PyDict_Next(object, &position, &key, &item);)
          if (!add(frozen.keys_, key) || !add(frozen.items_, item)) return std::nullopt;
        return frozen;
      }
      if (!PyTuple_CheckExact(object) && !PyList_CheckExact(object)) return std::nullopt;
      for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i)
        if (!add(frozen.items_, PySequence_Fast_GET_ITEM(object, i))) return std::nullopt;
      return frozen;
    }
  };
  return Freezer::freeze(value.ptr(), 0);
}

bool Frozen::is(PyObject* now) const {
  if (is_atom_) return is_equal_atom(value_.ptr(), now);
  if (reinterpret_cast<PyObject*>(Py_TYPE(now)) != value_.ptr()) return false;
  return is_dict_ ? is_same_dict(now) : is_same_sequence(now);
}

bool Frozen::is_same_sequence(PyObject* now) const {
  if (PySequence_Fast_GET_SIZE(now) != static_cast<Py_ssize_t>(items_.size())) return false;
  PyObject** const items = PySequence_Fast_ITEMS(now);
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (!items_[i].is(items[i])) return false;
  return true;
}

bool Frozen::is_same_dict(PyObject* now) const {
  if (PyDict_GET_SIZE(now) != static_cast<Py_ssize_t>(items_.size())) return false;
  PyObject *key = nullptr, *item = nullptr;
  Py_ssize_t position = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (!PyDict_Next(now, &position, &key, &item)) return false;
    if (!keys_[i].is(key) || !items_[i].is(item)) return false;
  }
  return true;
}

}  // namespace dijitso::python
