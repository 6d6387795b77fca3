// The passes over a module's graph while JITLink links it: they bind symbols to their imports, place thread-local
// variables, and record the constructors and destructors.
//
// Binding symbols here costs the same at any depth of dependencies and reports exactly which symbols are missing. They
// also collect data for debuggers and profilers. Tested in unittests/orc/symbols_test.cpp and lifetime_test.cpp.
#pragma once

#include "orc/code.h"
#include "orc/imports.h"
#include "orc/object.h"
#include "orc/perf_map.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

#include <string>
#include <vector>

namespace dijitso::orc {

// The quick code that the linked code replaces.
struct Replaced {
  Code& quick;
  const std::vector<std::string>& shared_symbols;
};

// One link: its input and its results.
struct LinkJob {
  const Imports& imports;
  Code& code;
  const Object& object;  // the object to link
  bool names_functions;  // whether `functions` are wanted
  const Replaced* replaced = nullptr;
  std::vector<std::string> missing = {};       // undefined symbols that nothing defines, by linker name
  Bytes symbol_file = {};                      // for a debugger; empty without debug information
  std::vector<LinkedFunction> functions = {};  // for a profiler
};

// Adds the passes of a job, which must outlive the link.
void add_passes(LinkJob& job, llvm::jitlink::PassConfiguration& config);

}  // namespace dijitso::orc
