// What build.packages and build.mpi add to a request.
#pragma once

#include "jit/packages/packages.h"
#include "jit/request/key.h"

namespace dijitso {

// For the language and the machine of the request, which becomes relative when the environment names directories
// relative to the current one. InvalidArgument for a package that is missing, too old or malformed.
PackageFlags package_flags(const BuildParams& build, Request& request);

}  // namespace dijitso
