// All of dijitso for C++ but <dijitso/mpi.h>, which needs MPI. Begin with <dijitso/compile.h>.
#pragma once

#include <dijitso/build.h>
#include <dijitso/cache.h>
#include <dijitso/cmdline.h>
#include <dijitso/compile.h>
#include <dijitso/compiler_command.h>
#include <dijitso/error.h>
#include <dijitso/interrupt.h>
#include <dijitso/jit.h>
#include <dijitso/library.h>
#include <dijitso/log.h>
#include <dijitso/params.h>
#include <dijitso/peers.h>
#include <dijitso/prototypes.h>
#include <dijitso/signatures.h>
#include <dijitso/system.h>
#include <dijitso/version.h>
