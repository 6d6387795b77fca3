// The Python object of a loaded module.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/library.h>

#include <optional>
#include <string>

namespace dijitso::python {

namespace py = pybind11;

// What Python's Library objects and their functions hold. It is let go without the GIL: static destructors of the
// module run then.
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

// The object for a library as its loader says: dijitso.library.Library, ctypes.CDLL, or a Python module. The same
// object as long as any reference to it is held.
py::object library_object(const Library& library, const std::string& loader);
py::object library_object(const std::optional<Library>& library, const std::string& loader);  // None for nullopt

void bind_library(py::module_& m);

}  // namespace dijitso::python
