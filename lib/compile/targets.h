// The machines that LLVM makes code for.
#pragma once

#include "compile/compiler.h"

#include <string>

namespace dijitso::compile {

// The triple of a request, complete.
std::string triple_of(const CompileRequest& request);

// Makes LLVM ready for code for this machine. Thread-safe, as the next one; to be called before anything is compiled.
void prepare_native_target();

// The same for the machine of a request. InvalidArgument when this build of LLVM does not know it.
void prepare_target(const CompileRequest& request);

}  // namespace dijitso::compile
