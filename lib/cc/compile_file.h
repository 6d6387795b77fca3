// Compiles one file for a compiler command, or takes its object from the cache.
#pragma once

#include "cc/command_line.h"
#include "compile/compiler.h"
#include "jit/context.h"

#include <dijitso/params.h>

#include <string>
#include <vector>

namespace dijitso::cc {

struct CompiledFile {
  bool ok = false;
  Bytes object;                                 // as the compiler makes it; empty unless ok
  std::string messages;                         // of the compiler, as it prints them
  std::vector<compilation::NamedInput> inputs;  // for make
};

// The parameters of compiler commands: the cache and the header packs, from configuration and environment. What else is
// configured for modules, such as flags, does not apply.
Params command_params();

// Throws InvalidArgument for options that are refused, and when the file cannot be read.
CompiledFile compile_file(Context& context, const Params& params, const CommandLine& line, const Input& input);

}  // namespace dijitso::cc
