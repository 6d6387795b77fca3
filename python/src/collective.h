// What _dijitso calls of _mpi: one virtual class, handed over in a capsule of Python. So only _mpi is linked with MPI,
// and arguments, results, exceptions, the objects of libraries and the GIL have their one home in _dijitso: the two
// extensions share no type of pybind11 and no static variable. Both are always of the same build.
#pragma once

#include <dijitso/jit.h>

#include <string>

namespace dijitso::python {

// The ranks of a communicator, and how they share the work.
class Collective {
 public:
  static constexpr const char* capsule_name = "dijitso.Collective";

  virtual ~Collective() = default;
  // mpi::jit. Called without the GIL.
  virtual Library jit(const std::string& name, const Params& params, const Generate& generate) const = 0;
};

}  // namespace dijitso::python
