// The graph pass for optimised code that replaces quick code: symbols that are visible outside the module keep one
// address. Tested in unittests/orc/replace_test.cpp.
#pragma once

#include "orc/graph_passes.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

namespace dijitso::orc {

// Turns the definitions of shared variables into references, which are bound as imports. Where the address of a
// function is taken, not only called, it becomes the address of the quick code's stub.
void bind_to_quick_code(llvm::jitlink::LinkGraph& graph, const Replaced& replaced);

}  // namespace dijitso::orc
