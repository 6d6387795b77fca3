// dijitso.compile, and the prototypes of a module. Tested in tests/python/compile_test.py.

#include "bind.h"
#include "gil.h"
#include "library.h"
#include "resolve.h"

#include <pybind11/stl.h>

#include <dijitso/compile.h>
#include <dijitso/prototypes.h>

#include <memory>

namespace dijitso::python {
namespace {

using Texts = std::vector<std::string>;

std::unique_ptr<Code> compile_text(const std::string& source, const std::string& name, const std::string& language,
                                   const std::string& standard, const Texts& flags, const Texts& include_dirs,
                                   const Texts& libraries, const Texts& library_dirs,
                                   const std::vector<const Code*>& dependencies, const Texts& packages, bool mpi,
                                   bool openmp, bool lenient, const py::object& params) {
  CompileOptions options{.name = name,
                         .language = language,
                         .standard = standard,
                         .flags = flags,
                         .include_dirs = include_dirs,
                         .libraries = libraries,
                         .library_dirs = library_dirs,
                         .packages = packages,
                         .mpi = mpi,
                         .openmp = openmp,
                         .lenient = lenient};
  for (const Code* needed : dependencies) options.dependencies.push_back(needed->library());
  options.params = *resolve(params);
  const auto run = [&] {
    const GilReleasedToWait gil_released;
    return dijitso::compile(source, options);
  };
  return std::make_unique<Code>(run());
}

Prototypes prototypes_of(const Code& code) {
  const GilReleasedToWait gil_released;
  return code.library().prototypes();
}

}  // namespace

void bind_compile(py::module_& m) {
  py::class_<Structure::Field>(m, "Field")
      .def_readonly("type", &Structure::Field::type)
      .def_readonly("name", &Structure::Field::name);
  py::class_<Structure>(m, "Structure")
      .def_readonly("name", &Structure::name)
      .def_readonly("fields", &Structure::fields);
  py::class_<Prototype>(m, "Prototype")
      .def_property_readonly("is_function", [](const Prototype& one) { return one.kind == Prototype::Kind::function; })
      .def_readonly("name", &Prototype::name)
      .def_readonly("symbol", &Prototype::symbol)
      .def_readonly("declaration", &Prototype::declaration)
      .def_readonly("type", &Prototype::type)
      .def_readonly("parameters", &Prototype::parameters);
  py::class_<Prototypes>(m, "Prototypes")
      .def_readonly("exports", &Prototypes::exports)
      .def_readonly("structures", &Prototypes::structures)
      .def("find", &Prototypes::find, py::return_value_policy::copy);
  m.def("compile", &compile_text);
  m.def("prototypes_of", &prototypes_of);
}

}  // namespace dijitso::python
