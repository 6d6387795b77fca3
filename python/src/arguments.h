// Converts the arguments of one call, and its result, between Python and the types of a prototype.
#pragma once

#include "call_types.h"

#include <array>
#include <cstddef>
#include <vector>

namespace dijitso::python {

// One value as libffi takes it: wide enough for every number, and for an address.
struct alignas(16) Slot {
  std::array<std::byte, 32> bytes;
};

// What the arguments of a call refer to, until it is over: views of arrays, and objects made for it.
class Borrowed {
 public:
  Borrowed() = default;
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed();

  // A view of the object's memory; nullptr, with a Python error, when it has none that is contiguous.
  const Py_buffer* view(PyObject* object);
  void keep(PyObject* stolen);

 private:
  static constexpr std::size_t usual = 8;
  std::array<Py_buffer, usual> views_;
  std::size_t count_ = 0;
  std::vector<std::unique_ptr<Py_buffer>> more_;
  std::vector<PyObject*> objects_;
};

// Converts `value` for an argument of this type. Returns the place of the result, `slot` or the memory of a structure.
// nullptr, with a Python error that does not name the function, when the value does not fit.
void* convert_argument(const CallType& type, PyObject* value, Slot& slot, Borrowed& borrowed);

// The same for an argument after the "..." of a variadic function, whose type the value tells.
void* convert_variadic(PyObject* value, Slot& slot, Borrowed& borrowed, ffi_type*& passed);

// A new reference; nullptr with a Python error.
PyObject* convert_result(const CallType& type, const void* result);

}  // namespace dijitso::python
