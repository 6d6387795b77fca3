// The type is made with Python's own interface and not with pybind11, because a call must cost no more than one of
// ctypes. Calls go through libffi: the compiler need not be there. Tested in tests/python/compile_test.py.
#include "function.h"

#include "arguments.h"
#include "gil.h"
#include "ufunc.h"

#include <pybind11/stl.h>

#include <dijitso/error.h>

#include <structmember.h>

#include <cxxabi.h>
#include <algorithm>
#include <exception>
#include <new>

namespace dijitso::python {
namespace {

constexpr std::size_t usual_arguments = 12;

struct FunctionObject {
  PyObject_HEAD vectorcallfunc call;
  PyObject* dict;  // where Python code keeps what it makes of the function
  Callable* callable;
};

PyTypeObject* function_type = nullptr;  // never destroyed

FunctionObject* as_function(PyObject* object) { return reinterpret_cast<FunctionObject*>(object); }

// Puts the function and the argument in front of a message. An error of another kind stays as it is.
void name_argument(const Callable& callable, std::size_t index) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (PyErr_GivenExceptionMatches(type, PyExc_TypeError) || PyErr_GivenExceptionMatches(type, PyExc_OverflowError))
    PyErr_Format(type, "argument %zu of '%s': %S", index + 1, callable.prototype.declaration.c_str(), value);
  else
    return PyErr_Restore(type, value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(traceback);
}

PyObject* refuse_count(const Callable& callable, std::size_t given) {
  const std::size_t count = callable.parameters.size();
  PyErr_Format(PyExc_TypeError, "'%s' takes %s%zu argument%s, not %zu", callable.prototype.declaration.c_str(),
               callable.prototype.is_variadic ? "at least " : "", count, count == 1 ? "" : "s", given);
  return nullptr;
}

// The reason why the function cannot be called; empty when it can.
std::string obstacle(const Callable& callable) {
  if (callable.result.kind == Kind::other) return "its result";
  for (std::size_t i = 0; i < callable.parameters.size(); ++i)
    if (callable.parameters[i].kind == Kind::other) return "argument " + std::to_string(i + 1);
  return {};
}

// Runs the code without the GIL. False, with a RuntimeError, when it throws.
bool run(const Callable& callable, ffi_cif& interface, void* result, void** values) {
  try {
    const GilReleased released;
    ffi_call(&interface, callable.address, result, values);
    return true;
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being ended
  } catch (...) {
    set_runtime_error();
    return false;
  }
}

PyObject* call_with(const Callable& callable, PyObject* const* given, std::size_t count, Slot* slots, void** values,
                    ffi_type** passed) {
  Borrowed borrowed;
  ffi_cif variadic;
  ffi_cif* interface = const_cast<ffi_cif*>(&callable.interface);
  const std::size_t fixed = callable.parameters.size();
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = i < fixed ? convert_argument(callable.parameters[i], given[i], slots[i], borrowed)
                          : convert_variadic(given[i], slots[i], borrowed, passed[i]);
    if (values[i]) continue;
    name_argument(callable, i);
    return nullptr;
  }
  if (callable.prototype.is_variadic) {
    std::copy(callable.passed.begin(), callable.passed.end(), passed);
    interface = &variadic;
    ffi_prep_cif_var(interface, FFI_DEFAULT_ABI, static_cast<unsigned>(fixed), static_cast<unsigned>(count),
                     callable.result.passed, passed);
  }
  if (callable.result.size <= sizeof(Slot)) {
    Slot result;
    return run(callable, *interface, &result, values) ? convert_result(callable.result, &result) : nullptr;
  }
  std::vector<Slot> result(callable.result.size / sizeof(Slot) + 1);
  return run(callable, *interface, result.data(), values) ? convert_result(callable.result, result.data()) : nullptr;
}

PyObject* call_function(PyObject* self, PyObject* const* given, std::size_t flags, PyObject* names) try {
  const Callable& callable = *as_function(self)->callable;
  const std::size_t count = static_cast<std::size_t>(PyVectorcall_NARGS(flags));
  if (names && PyTuple_GET_SIZE(names) > 0) {
    PyErr_Format(PyExc_TypeError, "'%s' takes no arguments by name", callable.prototype.declaration.c_str());
    return nullptr;
  }
  const std::size_t wanted = callable.parameters.size();
  if (callable.prototype.is_variadic ? count < wanted : count != wanted) return refuse_count(callable, count);
  if (count <= usual_arguments) {
    Slot slots[usual_arguments];
    void* values[usual_arguments];
    ffi_type* passed[usual_arguments];
    return call_with(callable, given, count, slots, values, passed);
  }
  std::vector<Slot> slots(count);
  std::vector<void*> values(count);
  std::vector<ffi_type*> passed(count);
  return call_with(callable, given, count, slots.data(), values.data(), passed.data());
} catch (const std::bad_alloc&) {
  return PyErr_NoMemory();
}

PyObject* refuse_call(PyObject* self, PyObject* const*, std::size_t, PyObject*) {
  const Callable& callable = *as_function(self)->callable;
  PyErr_Format(
      PyExc_TypeError,
      "'%s' cannot be called from Python: %s has a type that only C++ can pass; declare a function with numbers, "
      "pointers and plain structures beside it",
      callable.prototype.declaration.c_str(), obstacle(callable).c_str());
  return nullptr;
}

void destroy_function(PyObject* self) {
  FunctionObject* const object = as_function(self);
  Py_CLEAR(object->dict);
  delete object->callable;
  PyTypeObject* const type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* text(const std::string& value) {
  return PyUnicode_FromStringAndSize(value.data(), static_cast<Py_ssize_t>(value.size()));
}

// dijitso.compiled.<name>(self): what needs ctypes, numpy or scipy is made in Python.
template <const char* name>
PyObject* made_in_python(PyObject* self, void*) {
  PyObject* const module = PyImport_ImportModule("dijitso.compiled");
  PyObject* const result = module ? PyObject_CallMethod(module, name, "O", self) : nullptr;
  Py_XDECREF(module);
  return result;
}
constexpr char ctypes_function[] = "_ctypes_function";
constexpr char low_level_callable[] = "_low_level_callable";
constexpr char reduced[] = "_reduced";

PyObject* represent(PyObject* self) {
  const Prototype& prototype = callable_of(self).prototype;
  return PyUnicode_FromFormat("<function '%s'>", prototype.declaration.c_str());
}

PyGetSetDef attributes[] = {
    {"__doc__", [](PyObject* self, void*) { return text(callable_of(self).prototype.declaration); }, nullptr, nullptr,
     nullptr},
    {"__name__", [](PyObject* self, void*) { return text(callable_of(self).prototype.name); }, nullptr, nullptr,
     nullptr},
    {"address", [](PyObject* self, void*) { return PyLong_FromVoidPtr(address_of_function(self)); }, nullptr,
     "The address of the code, which stays loaded as long as this object exists.", nullptr},
    {"ctypes", made_in_python<ctypes_function>, nullptr, "The same function for ctypes, with restype and argtypes.",
     nullptr},
    {"lowlevel", made_in_python<low_level_callable>, nullptr, "The same function as scipy.LowLevelCallable.", nullptr},
    {"__dict__", PyObject_GenericGetDict, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef methods[] = {
    {"ufunc", [](PyObject* self, PyObject*) { return ufunc_of(self); }, METH_NOARGS,
     "The function as numpy.ufunc, for arrays of arguments. Its code then stays loaded until the process ends."},
    {"__reduce__", [](PyObject* self, PyObject*) { return made_in_python<reduced>(self, nullptr); }, METH_NOARGS,
     "For pickle: by the library and the name."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, call), READONLY, nullptr},
                         {"__dictoffset__", T_PYSSIZET, offsetof(FunctionObject, dict), READONLY, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(destroy_function)},
                       {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                       {Py_tp_repr, reinterpret_cast<void*>(represent)},
                       {Py_tp_getset, attributes},
                       {Py_tp_methods, methods},
                       {Py_tp_members, members},
                       {0, nullptr}};

PyType_Spec specification = {"dijitso.Function", sizeof(FunctionObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             slots};

// A Function of `code`. `result_class` is a class of ctypes for a pointer that it returns, or None.
py::object make_function(const py::object& code, const Prototype& prototype, const std::shared_ptr<CallTypes>& types,
                         const py::object& result_class) {
  auto callable = std::make_unique<Callable>();
  callable->prototype = prototype;
  callable->address = reinterpret_cast<void (*)()>(code.cast<const Code&>().library().symbol(prototype.symbol));
  callable->code = code;
  callable->types = types;
  callable->result = types->read(prototype.type);
  if (!result_class.is_none()) callable->result.python_class = result_class;
  for (const std::string& one : prototype.parameters) callable->parameters.push_back(types->read(one));
  for (const CallType& one : callable->parameters) callable->passed.push_back(one.passed);
  const bool is_callable = obstacle(*callable).empty();
  if (is_callable && ffi_prep_cif(&callable->interface, FFI_DEFAULT_ABI, static_cast<unsigned>(callable->passed.size()),
                                  callable->result.passed, callable->passed.data()) != FFI_OK)
    throw LinkFailed("libffi cannot call '" + prototype.declaration + "'");
  auto* const object = PyObject_New(FunctionObject, function_type);
  if (!object) throw py::error_already_set();
  object->call = is_callable ? call_function : refuse_call;
  object->dict = nullptr;
  object->callable = callable.release();
  return py::reinterpret_steal<py::object>(reinterpret_cast<PyObject*>(object));
}

}  // namespace

void* address_of_function(PyObject* object) {
  return Py_IS_TYPE(object, function_type) ? reinterpret_cast<void*>(callable_of(object).address) : nullptr;
}

const Callable& callable_of(PyObject* function) { return *as_function(function)->callable; }

void set_runtime_error() {
  try {
    throw;
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    PyErr_Format(PyExc_RuntimeError, "a C++ exception of type %s was thrown", type ? type->name() : "unknown");
  }
}

void bind_functions(py::module_& m) {
  function_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&specification));
  if (!function_type) throw py::error_already_set();
  m.attr("Function") = py::handle(reinterpret_cast<PyObject*>(function_type));
  py::class_<CallTypes, std::shared_ptr<CallTypes>>(m, "CallTypes")
      .def(py::init<const std::vector<Structure>&, py::list>());
  m.def("make_function", &make_function);
}

}  // namespace dijitso::python
