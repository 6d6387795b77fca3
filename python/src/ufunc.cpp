// numpy calls a loop for one function with addresses and strides of its arguments and results. The few entries of its
// interface that are needed have not changed since its first version, so no header of numpy is. What numpy keeps
// pointers to, and the function, are never destroyed. Tested in tests/python/ufunc_test.py.
#include "ufunc.h"

#include "function.h"
#include "gil.h"
#include "values.h"

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace dijitso::python {
namespace {

using Loop = void (*)(char** places, const Py_ssize_t* counts, const Py_ssize_t* strides, void* data);
using MakeUfunc = PyObject* (*)(Loop * loops, void** data, char* types, int loop_count, int in, int out, int identity,
                                const char* name, const char* documentation, int unused);

constexpr int place_of_make_ufunc = 1;  // PyUFunc_FromFuncAndData in numpy's table _UFUNC_API
constexpr int no_identity = -1;
constexpr std::size_t most_arguments = 31;

struct Ufunc {
  const Callable* callable = nullptr;
  Loop loop = nullptr;
  void* data = nullptr;
  std::array<char, most_arguments + 1> types{};
  std::string name, documentation;
};

// numpy's numbers of types; -1 for none.
int type_number(const CallType& type) {
  const int wide = type.size == 1 ? 0 : type.size == 2 ? 2 : type.size == 4 ? 4 : 6;
  switch (type.kind) {
    case Kind::boolean:
      return 0;
    case Kind::integer:
      return 1 + wide;
    case Kind::natural:
      return 2 + wide;
    case Kind::floating:
      return type.size == sizeof(float) ? 11 : type.size == sizeof(double) ? 12 : 13;
    case Kind::complex:
      return type.size == 2 * sizeof(float) ? 14 : 15;
    default:
      return -1;
  }
}

void report_exception() {
  with_gil([] { set_runtime_error(); });
}

// numpy may or may not hold the GIL here.
void call_for_each(char** places, const Py_ssize_t* counts, const Py_ssize_t* strides, void* data) try {
  const Callable& callable = *static_cast<const Ufunc*>(data)->callable;
  const std::size_t inputs = callable.parameters.size();
  void* values[most_arguments];
  for (Py_ssize_t i = 0; i < counts[0]; ++i) {
    for (std::size_t k = 0; k < inputs; ++k) values[k] = places[k] + i * strides[k];
    std::array<std::byte, 32> result;
    ffi_call(const_cast<ffi_cif*>(&callable.interface), callable.address, result.data(), values);
    std::memcpy(places[inputs] + i * strides[inputs], result.data(), callable.result.size);
  }
} catch (const abi::__forced_unwind&) {
  throw;
} catch (...) {
  report_exception();
}

// The same for functions of doubles only, which need no libffi.
template <class... Doubles>
void call_with_doubles(char** places, const Py_ssize_t* counts, const Py_ssize_t* strides, void* data) try {
  const auto function = reinterpret_cast<double (*)(Doubles...)>(static_cast<const Ufunc*>(data)->callable->address);
  constexpr std::size_t inputs = sizeof...(Doubles);
  for (Py_ssize_t i = 0; i < counts[0]; ++i) {
    const auto at = [&](std::size_t k) -> double& { return *reinterpret_cast<double*>(places[k] + i * strides[k]); };
    if constexpr (inputs == 1)
      at(1) = function(at(0));
    else
      at(2) = function(at(0), at(1));
  }
} catch (const abi::__forced_unwind&) {
  throw;
} catch (...) {
  report_exception();
}

Loop loop_for(const std::array<char, most_arguments + 1>& types, std::size_t inputs) {
  const std::string_view all(types.data(), inputs + 1);
  if (all == "\x0c\x0c") return call_with_doubles<double>;
  if (all == "\x0c\x0c\x0c") return call_with_doubles<double, double>;
  return call_for_each;
}

PyObject* refuse(const Callable& callable) {
  PyErr_Format(PyExc_TypeError, "'%s' cannot be a ufunc: these take and return numbers",
               callable.prototype.declaration.c_str());
  return nullptr;
}

MakeUfunc make_ufunc() {
  const bool is_old = text_of(py::module_::import("numpy").attr("__version__")).starts_with("1.");
  const char* const module = is_old ? "numpy.core._multiarray_umath" : "numpy._core._multiarray_umath";
  const auto table = py::module_::import(module).attr("_UFUNC_API").cast<py::capsule>();
  return reinterpret_cast<MakeUfunc>(table.get_pointer<void*>()[place_of_make_ufunc]);
}

PyObject* new_ufunc(PyObject* function) {
  const Callable& callable = callable_of(function);
  const std::size_t inputs = callable.parameters.size();
  auto ufunc = std::make_unique<Ufunc>();
  if (inputs == 0 || inputs > most_arguments || callable.prototype.is_variadic) return refuse(callable);
  for (std::size_t k = 0; k <= inputs; ++k) {
    const int number = type_number(k < inputs ? callable.parameters[k] : callable.result);
    if (number < 0) return refuse(callable);
    ufunc->types[k] = static_cast<char>(number);
  }
  ufunc->callable = &callable;
  ufunc->loop = loop_for(ufunc->types, inputs);
  ufunc->data = ufunc.get();
  ufunc->name = callable.prototype.name;
  ufunc->documentation = callable.prototype.declaration;
  PyObject* const made = make_ufunc()(&ufunc->loop, &ufunc->data, ufunc->types.data(), 1, static_cast<int>(inputs), 1,
                                      no_identity, ufunc->name.c_str(), ufunc->documentation.c_str(), 0);
  if (!made) return nullptr;
  ufunc.release();
  Py_INCREF(function);
  return made;
}

}  // namespace

PyObject* ufunc_of(PyObject* function) try {
  const py::object dict = py::reinterpret_steal<py::object>(PyObject_GenericGetDict(function, nullptr));
  if (!dict) return nullptr;
  if (PyObject* const known = PyDict_GetItemString(dict.ptr(), "_ufunc")) return Py_NewRef(known);
  PyObject* const made = new_ufunc(function);
  if (made && PyDict_SetItemString(dict.ptr(), "_ufunc", made) != 0) PyErr_Clear();
  return made;
} catch (py::error_already_set& error) {
  error.restore();
  return nullptr;
}

}  // namespace dijitso::python
