// Numbers are converted strictly: no integer from a float, nothing that does not fit. A pointer takes whatever has
// memory of the right kind of elements (numpy arrays, array.array, bytes, objects of ctypes), as it lies there: nothing
// is copied. Tested in tests/python/compile_test.py.
#include "arguments.h"

#include "function.h"

#include <complex>
#include <cstring>
#include <limits>
#include <string>

namespace dijitso::python {
namespace {

template <class T>
void* store(Slot& slot, T value) {
  std::memcpy(slot.bytes.data(), &value, sizeof value);
  return slot.bytes.data();
}

void* wrong_type(const char* expected, PyObject* value) {
  PyErr_Format(PyExc_TypeError, "%s expected, not %.100s", expected, Py_TYPE(value)->tp_name);
  return nullptr;
}

void* too_large(PyObject* value, std::size_t size, bool is_signed) {
  PyErr_Clear();
  PyErr_Format(PyExc_OverflowError, "%.100R does not fit into %s%zu bits", value, is_signed ? "" : "unsigned ",
               8 * size);
  return nullptr;
}

// A new reference to an int; nullptr, without a Python error, when the value is no integer.
PyObject* as_integer(PyObject* value) {
  if (PyLong_Check(value)) return Py_NewRef(value);
  PyObject* const integer = PyIndex_Check(value) ? PyNumber_Index(value) : nullptr;
  if (!integer) PyErr_Clear();
  return integer;
}

void* convert_integer(std::size_t size, PyObject* value, Slot& slot) {
  const py::object integer = py::reinterpret_steal<py::object>(as_integer(value));
  if (!integer) return wrong_type("an integer", value);
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(integer.ptr(), &overflow);
  const long long limit = std::numeric_limits<long long>::max() >> (8 * (sizeof number - size));
  if (overflow != 0 || number > limit || number < -limit - 1) return too_large(value, size, true);
  return store(slot, number);
}

void* convert_natural(std::size_t size, PyObject* value, Slot& slot) {
  const py::object integer = py::reinterpret_steal<py::object>(as_integer(value));
  if (!integer) return wrong_type("an integer", value);
  const unsigned long long number = PyLong_AsUnsignedLongLong(integer.ptr());
  const unsigned long long limit = std::numeric_limits<unsigned long long>::max() >> (8 * (sizeof number - size));
  if (PyErr_Occurred() || number > limit) return too_large(value, size, false);
  return store(slot, number);
}

void* convert_boolean(PyObject* value, Slot& slot) {
  const std::string_view name = Py_TYPE(value)->tp_name;
  if (!PyBool_Check(value) && name != "numpy.bool_" && name != "numpy.bool") return wrong_type("a bool", value);
  return store<unsigned long long>(slot, PyObject_IsTrue(value));
}

void* convert_floating(std::size_t size, PyObject* value, Slot& slot) {
  const double number = PyFloat_AsDouble(value);
  if (number == -1 && PyErr_Occurred()) {
    if (PyErr_ExceptionMatches(PyExc_OverflowError)) return nullptr;
    PyErr_Clear();
    return wrong_type("a number", value);
  }
  if (size == sizeof(double)) return store(slot, number);
  return size == sizeof(float) ? store(slot, static_cast<float>(number))
                               : store(slot, static_cast<long double>(number));
}

void* convert_complex(std::size_t size, PyObject* value, Slot& slot) {
  const Py_complex number = PyComplex_AsCComplex(value);
  if (number.real == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    return wrong_type("a complex number", value);
  }
  const std::complex<double> whole(number.real, number.imag);
  return size == sizeof whole ? store(slot, whole) : store(slot, std::complex<float>(whole));
}

// Whether elements of this format (of Python's module struct) are what a pointer points to. An address in a format of
// ctypes is "&" and what it leads to.
bool matches(const Pointee& pointee, std::string_view format) {
  if (format.starts_with('>') || format.starts_with('!')) return false;
  while (!format.empty() && (format[0] == '@' || format[0] == '=' || format[0] == '<')) format.remove_prefix(1);
  if (format.empty()) return false;
  const auto is_one_of = [&](std::string_view letters) { return letters.find(format[0]) != letters.npos; };
  if (pointee.is_character) return is_one_of("bBc");
  switch (pointee.kind) {
    case Kind::boolean:
      return format[0] == '?';
    case Kind::integer:
      return is_one_of("bhilqn");
    case Kind::natural:
      return is_one_of("BHILQN");
    case Kind::floating:
      return is_one_of("fdg");
    case Kind::complex:
      return format[0] == 'Z' && format.size() > 1;
    case Kind::structure:
      return format.starts_with("T{");
    case Kind::pointer:
      return is_one_of("&PzZXLQ");
    default:
      return true;
  }
}

std::string_view format_of(const Py_buffer& view) { return view.format ? view.format : "B"; }

// Whether the object is an address itself, as a pointer of ctypes is, and not an array of such.
bool is_address(const Py_buffer& view, const Pointee& pointee) {
  std::string_view format = format_of(view);
  if (format.starts_with('<')) format.remove_prefix(1);
  if (view.ndim != 0 || view.itemsize != sizeof(void*)) return false;
  if (format.starts_with('&')) return matches(pointee, format.substr(1));
  const bool is_untyped = pointee.kind == Kind::nothing || pointee.kind == Kind::other;
  if (format.starts_with('X')) return pointee.kind == Kind::function || is_untyped;
  return (format == "P" && pointee.kind != Kind::pointer) || (format == "z" && (pointee.is_character || is_untyped));
}

std::string name_of(const Pointee& pointee) {
  const std::string bits = std::to_string(8 * pointee.size) + "-bit ";
  switch (pointee.kind) {
    case Kind::boolean:
      return "bools";
    case Kind::integer:
      return pointee.is_character ? "characters" : bits + "integers";
    case Kind::natural:
      return bits + "unsigned integers";
    case Kind::floating:
      return bits + "floats";
    case Kind::complex:
      return bits + "complex numbers";
    case Kind::structure:
      return "structures of " + std::to_string(pointee.size) + " bytes";
    case Kind::pointer:
      return "addresses";
    default:
      return "elements";
  }
}

void* refuse_pointer(const Pointee& pointee, PyObject* value) {
  PyErr_Clear();
  if (pointee.kind == Kind::function)
    return wrong_type("a function of a library, a function of ctypes, or an address", value);
  const char* const otherwise = pointee.is_reference ? "" : ", or None";
  return wrong_type(("an array of " + name_of(pointee) + otherwise).c_str(), value);
}

void* convert_array(const Pointee& pointee, const Py_buffer& view, PyObject* value, Slot& slot) {
  if (is_address(view, pointee)) {
    std::memcpy(slot.bytes.data(), view.buf, sizeof(void*));
    return slot.bytes.data();
  }
  if (pointee.kind == Kind::function) return refuse_pointer(pointee, value);
  const bool has_size = pointee.size != 0 && pointee.kind != Kind::nothing && pointee.kind != Kind::other;
  if (!matches(pointee, format_of(view)) || (has_size && view.itemsize != static_cast<Py_ssize_t>(pointee.size))) {
    PyErr_Format(PyExc_TypeError, "an array of %s expected, not one of format '%.50s'", name_of(pointee).c_str(),
                 view.format ? view.format : "B");
    return nullptr;
  }
  if (view.readonly && !pointee.is_const) {
    PyErr_SetString(PyExc_TypeError, "the array is read-only, but the function may write to it");
    return nullptr;
  }
  return store(slot, view.buf);
}

void* convert_pointer(const Pointee& pointee, PyObject* value, Slot& slot, Borrowed& borrowed) {
  if (value == Py_None && !pointee.is_reference) return store<void*>(slot, nullptr);
  if (pointee.is_character && pointee.is_const && PyUnicode_Check(value)) {
    const char* const text = PyUnicode_AsUTF8(value);
    return text ? store(slot, text) : nullptr;
  }
  const bool is_untyped =
      pointee.kind == Kind::nothing || pointee.kind == Kind::other || pointee.kind == Kind::function;
  if (is_untyped && PyLong_Check(value)) {
    void* const address = PyLong_AsVoidPtr(value);
    return PyErr_Occurred() ? too_large(value, sizeof address, false) : store(slot, address);
  }
  if (void* const code = address_of_function(value))
    return is_untyped ? store(slot, code) : refuse_pointer(pointee, value);
  if (!PyObject_CheckBuffer(value)) return refuse_pointer(pointee, value);
  const Py_buffer* const view = borrowed.view(value);
  return view ? convert_array(pointee, *view, value, slot) : nullptr;
}

void* convert_structure(const CallType& type, PyObject* value, Borrowed& borrowed) {
  if (PyTuple_Check(value)) {
    value = PyObject_CallObject(type.python_class.ptr(), value);
    if (!value) return nullptr;
    borrowed.keep(value);
  }
  const Py_buffer* const view = PyObject_CheckBuffer(value) ? borrowed.view(value) : nullptr;
  const Pointee itself{.kind = Kind::structure};
  if (view && view->len == static_cast<Py_ssize_t>(type.size) && matches(itself, format_of(*view))) return view->buf;
  PyErr_Clear();
  return wrong_type("a structure, or a tuple of its fields,", value);
}

// An object of ctypes with these bytes.
PyObject* object_of(const py::object& python_class, const void* bytes, std::size_t size) {
  PyObject* const copy = PyBytes_FromStringAndSize(static_cast<const char*>(bytes), static_cast<Py_ssize_t>(size));
  return copy ? PyObject_CallMethod(python_class.ptr(), "from_buffer_copy", "N", copy) : nullptr;
}

template <class T>
T value_at(const void* place) {
  T value;
  std::memcpy(&value, place, sizeof value);
  return value;
}

PyObject* pointer_result(const CallType& type, const void* result) {
  void* const address = value_at<void*>(result);
  if (!address) Py_RETURN_NONE;
  if (type.pointee.is_character && type.pointee.is_const) return PyBytes_FromString(static_cast<const char*>(address));
  if (type.python_class) return object_of(type.python_class, result, sizeof address);
  return PyLong_FromVoidPtr(address);
}

PyObject* floating_result(std::size_t size, const void* result) {
  if (size == sizeof(double)) return PyFloat_FromDouble(value_at<double>(result));
  if (size == sizeof(float)) return PyFloat_FromDouble(value_at<float>(result));
  return PyFloat_FromDouble(static_cast<double>(value_at<long double>(result)));
}

PyObject* complex_result(std::size_t size, const void* result) {
  if (size == sizeof(std::complex<float>)) {
    const auto number = value_at<std::complex<float>>(result);
    return PyComplex_FromDoubles(number.real(), number.imag());
  }
  const auto number = value_at<std::complex<double>>(result);
  return PyComplex_FromDoubles(number.real(), number.imag());
}

// libffi widens small integers, and all our machines are little-endian.
PyObject* integer_result(std::size_t size, const void* result) {
  switch (size) {
    case 1:
      return PyLong_FromLong(value_at<std::int8_t>(result));
    case 2:
      return PyLong_FromLong(value_at<std::int16_t>(result));
    case 4:
      return PyLong_FromLong(value_at<std::int32_t>(result));
    default:
      return PyLong_FromLongLong(value_at<std::int64_t>(result));
  }
}

PyObject* natural_result(std::size_t size, const void* result) {
  const auto number = value_at<std::uint64_t>(result);
  return PyLong_FromUnsignedLongLong(number & (~std::uint64_t{0} >> (8 * (sizeof number - size))));
}

}  // namespace

Borrowed::~Borrowed() {
  for (std::size_t i = 0; i < count_; ++i) PyBuffer_Release(&views_[i]);
  for (const auto& view : more_) PyBuffer_Release(view.get());
  for (PyObject* object : objects_) Py_DECREF(object);
}

const Py_buffer* Borrowed::view(PyObject* object) {
  constexpr int wanted = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS;
  if (count_ < usual) {
    if (PyObject_GetBuffer(object, &views_[count_], wanted) == 0) return &views_[count_++];
  } else {
    auto view = std::make_unique<Py_buffer>();
    if (PyObject_GetBuffer(object, view.get(), wanted) == 0) return more_.emplace_back(std::move(view)).get();
  }
  PyErr_Clear();
  PyErr_SetString(PyExc_TypeError, "the array is not contiguous in memory (C order), or cannot be shared");
  return nullptr;
}

void Borrowed::keep(PyObject* stolen) { objects_.push_back(stolen); }

void* convert_argument(const CallType& type, PyObject* value, Slot& slot, Borrowed& borrowed) {
  switch (type.kind) {
    case Kind::floating:
      return convert_floating(type.size, value, slot);
    case Kind::integer:
      return convert_integer(type.size, value, slot);
    case Kind::pointer:
      return convert_pointer(type.pointee, value, slot, borrowed);
    case Kind::natural:
      return convert_natural(type.size, value, slot);
    case Kind::boolean:
      return convert_boolean(value, slot);
    case Kind::complex:
      return convert_complex(type.size, value, slot);
    case Kind::structure:
      return convert_structure(type, value, borrowed);
    default:
      PyErr_SetString(PyExc_TypeError, "values of this type cannot be passed");
      return nullptr;
  }
}

void* convert_variadic(PyObject* value, Slot& slot, Borrowed& borrowed, ffi_type*& passed) {
  passed = PyFloat_Check(value) ? &ffi_type_double : PyLong_Check(value) ? &ffi_type_sint64 : &ffi_type_pointer;
  if (PyFloat_Check(value)) return convert_floating(sizeof(double), value, slot);
  if (PyLong_Check(value)) return convert_integer(sizeof(long long), value, slot);
  const Pointee anything{.kind = PyUnicode_Check(value) ? Kind::integer : Kind::nothing,
                         .is_const = true,
                         .is_character = PyUnicode_Check(value) != 0};
  return convert_pointer(anything, value, slot, borrowed);
}

PyObject* convert_result(const CallType& type, const void* result) {
  switch (type.kind) {
    case Kind::floating:
      return floating_result(type.size, result);
    case Kind::integer:
      return integer_result(type.size, result);
    case Kind::natural:
      return natural_result(type.size, result);
    case Kind::boolean:
      return PyBool_FromLong(value_at<std::uint8_t>(result));
    case Kind::complex:
      return complex_result(type.size, result);
    case Kind::pointer:
      return pointer_result(type, result);
    case Kind::structure:
      return object_of(type.python_class, result, type.size);
    default:
      Py_RETURN_NONE;
  }
}

}  // namespace dijitso::python
