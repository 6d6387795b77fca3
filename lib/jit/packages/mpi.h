// The MPI of this machine (build.mpi), found without mpicc. Reads files and the environment; changes nothing.
#pragma once

#include "jit/packages/packages.h"

#include <string>

namespace dijitso {

// What the compiler and the linker need for it. The MPI that the process has loaded decides, if there is one: a program
// cannot use two. InvalidArgument when its .pc file is not found, naming where it was looked for.
PackageFlags find_mpi(const PackagePlaces& places, const std::string& machine, bool is_c, bool is_foreign);

// An MPI library, by the file that the process has loaded.
struct LoadedMpi {
  std::string name;  // "Open MPI" or "MPICH"; empty when none is loaded
  std::string file;
};

// The same for a process that has loaded this one.
PackageFlags find_mpi(const PackagePlaces& places, const std::string& machine, bool is_c, const LoadedMpi& loaded);

}  // namespace dijitso
