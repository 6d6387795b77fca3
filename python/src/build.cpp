// dijitso.build. Tested in tests/python/parity_test.py.

#include "bind.h"
#include "gil.h"
#include "pybind11_id.h"
#include "resolve.h"

#include <pybind11/stl.h>

#include <dijitso/build.h>

namespace dijitso::python {
namespace {

// The parameters, with what extensions of Python need.
ParamsPointer resolve_with_id(py::handle params) {
  const ParamsPointer resolved = resolve(params);
  return resolved->cache.lib_loader == "import" ? with_pybind11_id(*resolved) : resolved;
}

std::string build_shared_library(const std::string& signature, const std::string& header, const std::string& source,
                                 const std::vector<std::string>& dependencies, py::handle params) {
  const ParamsPointer resolved = resolve_with_id(params);
  const GilReleasedToWait gil_released;
  return build::build_shared_library(signature, header, source, dependencies, *resolved);
}

std::string build_object(const std::string& signature, const std::string& header, const std::string& source,
                         const std::vector<std::string>& dependencies, py::handle params) {
  const ParamsPointer resolved = resolve_with_id(params);
  const GilReleasedToWait gil_released;
  return build::build_object(signature, header, source, dependencies, *resolved);
}

// What these packages of pkg-config, and those that they require, add to a command.
std::vector<std::string> package_flags(std::vector<std::string> names) {
  BuildParams params;
  params.packages = std::move(names);
  std::vector<std::string> flags;
  for (build::PackageFacts& package : build::packages(params))
    flags.insert(flags.end(), package.flags.begin(), package.flags.end());
  return flags;
}

}  // namespace

void bind_build(py::module_& m) {
  const py::call_guard<GilReleased> released;
  m.def("build_shared_library", &build_shared_library);
  m.def("build_object", &build_object);
  m.def("make_compile_command", &build::make_compile_command, released);
  m.def("package_flags", &package_flags, released);
  m.def("temp_dir", &build::temp_dir, released);
}

}  // namespace dijitso::python
