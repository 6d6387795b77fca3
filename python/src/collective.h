// The interface through which _dijitso calls _mpi: a virtual class in a Python capsule. So only _mpi links MPI, and
// only _dijitso handles arguments, results, exceptions, library objects and the GIL. The two extensions share no
// pybind11 type and no static variable. Both must be from the same build.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/cache.h>
#include <dijitso/jit.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::python {

namespace py = pybind11;

// The ranks of a communicator, and how they share the work.
class Collective {
 public:
  static constexpr const char* capsule_name = "dijitso.Collective";

  // Returns the object in a capsule; it is valid as long as the capsule.
  static const Collective& of(py::handle capsule) {
    const void* const held = PyCapsule_GetPointer(capsule.ptr(), capsule_name);
    if (!held) throw py::error_already_set();
    return *static_cast<const Collective*>(held);
  }

  virtual ~Collective() = default;
  // The functions of the module mpi. Call them without the GIL.
  virtual Library jit(const std::string& name, const Params& params, const Generate& generate) const = 0;
  virtual std::vector<std::pair<Library, std::string>> jit_many(const std::vector<JitRequest>& requests) const = 0;
  [[noreturn]] virtual void refuse(std::exception_ptr failure) const = 0;
  virtual cache::ImportResult import_modules(const std::string& file, const CacheParams& cache_params) const = 0;
};

}  // namespace dijitso::python
