// What _dijitso calls of _mpi: one virtual class, handed over in a capsule of Python. So only _mpi is linked with MPI,
// and arguments, results, exceptions, the objects of libraries and the GIL have their one home in _dijitso: the two
// extensions share no type of pybind11 and no static variable. Both are always of the same build.
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

  // What a capsule holds, as long as that lives.
  static const Collective& of(py::handle capsule) {
    const void* const held = PyCapsule_GetPointer(capsule.ptr(), capsule_name);
    if (!held) throw py::error_already_set();
    return *static_cast<const Collective*>(held);
  }

  virtual ~Collective() = default;
  // The functions of mpi. Called without the GIL.
  virtual Library jit(const std::string& name, const Params& params, const Generate& generate) const = 0;
  virtual std::vector<std::pair<Library, std::string>> jit_many(const std::vector<JitRequest>& requests) const = 0;
  [[noreturn]] virtual void refuse(std::exception_ptr failure) const = 0;
  virtual cache::ImportResult import_modules(const std::string& file, const CacheParams& cache_params) const = 0;
};

}  // namespace dijitso::python
