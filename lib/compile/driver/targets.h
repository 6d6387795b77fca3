// Initialises LLVM's targets.
#pragma once

#include "compile/compiler.h"

#include <string>

namespace dijitso::compilation {

// The target triple of a request: its own, or that of the host.
std::string triple_of(const CompileRequest& request);

// Initialises LLVM for the host. Call it before any compile. Thread-safe, like prepare_target().
void prepare_native_target();

// Initialises LLVM for the target of a request. Throws InvalidArgument when this build of LLVM does not support it.
void prepare_target(const CompileRequest& request);

}  // namespace dijitso::compilation
