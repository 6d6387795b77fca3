// Objects are found by the address of their module. An object keeps its module alive, so an address is not reused while
// the object exists. When the object is destroyed, its weak reference is dead. Tested in tests/python/library_test.py.

#include "library.h"

#include "gil.h"
#include "values.h"

#include <pybind11/stl.h>

#include <dijitso/error.h>
#include <dijitso/jit.h>

#include <cstdint>
#include <unordered_map>

namespace dijitso::python {
namespace {

// Never destroyed, because Python may have ended before. Guarded by the GIL.
std::unordered_map<const Module*, py::weakref>& objects() {
  static auto* const all = new std::unordered_map<const Module*, py::weakref>;
  return *all;
}

// Returns null when there is no living object.
py::object living_object(const Module* module) {
  const auto known = objects().find(module);
  PyObject* const object = known == objects().end() ? Py_None : PyWeakref_GetObject(known->second.ptr());
  return object == Py_None ? py::object() : py::reinterpret_borrow<py::object>(object);
}

std::string file_name_of(const Code& code) { return code.library().file_name(); }

std::uintptr_t address_of(const Code& code, const std::string& symbol) {
  return reinterpret_cast<std::uintptr_t>(code.library().symbol(symbol));
}

}  // namespace

Code::~Code() {
  const GilReleased gil_released;
  library_ = {};
}

py::object library_object(const Library& library, const std::string& loader, const py::object& params) {
  const Module* const module = library.module().get();
  if (py::object known = living_object(module)) return known;
  const py::object code = py::cast(std::make_unique<Code>(library));
  const char* maker = loader == "import" ? "import_module" : loader == "ctypes" ? "open_with_ctypes" : "Library";
  // As an attribute, not as a module: dijitso/__init__.py then imports it in a way that does not harm a fork().
  const py::object object = py::module_::import("dijitso").attr("library").attr(maker)(code, params);
  // Creating it ran Python code, so another thread may have created one meanwhile.
  if (py::object known = living_object(module)) return known;
  objects()[module] = py::weakref(object);
  return object;
}

py::object library_object(const std::optional<Library>& library, const std::string& loader, const py::object& params) {
  return library ? library_object(*library, loader, params) : py::object(py::none());
}

void bind_library(py::module_& m) {
  py::class_<Code>(m, "Code", "A loaded module; the code stays loaded as long as an object of this class lives.")
      .def_property_readonly("signature", [](const Code& code) { return code.library().signature(); })
      .def_property_readonly("file_name", py::cpp_function(&file_name_of, py::call_guard<GilReleasedToWait>()))
      .def("address", &address_of, py::arg("symbol"), py::call_guard<GilReleasedToWait>());
}

}  // namespace dijitso::python
