// The Python object for a loaded module.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/library.h>

#include <optional>
#include <string>

namespace dijitso::python {

namespace py = pybind11;

// The reference that Python's Library objects and their functions hold. It is released without the GIL, because static
// destructors of the module may run.
class Code {
 public:
  explicit Code(Library library) : library_(std::move(library)) {}
  ~Code();
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  const Library& library() const { return library_; }

 private:
  Library library_;
};

// Returns the object for a library, according to its loader: dijitso.library.Library, ctypes.CDLL, or a Python module.
// Returns the same object as long as it is referenced. `params` are the ones that were given for it, for pickling.
py::object library_object(const Library& library, const std::string& loader, const py::object& params = py::none());
py::object library_object(const std::optional<Library>& library, const std::string& loader,
                          const py::object& params = py::none());  // None for nullopt

void bind_library(py::module_& m);

}  // namespace dijitso::python
