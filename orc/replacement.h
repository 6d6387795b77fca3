// The graph pass for optimised code that takes the place of quick code: what others can see of the module stays one.
// Tested in unittests/orc/replace_test.cpp.
#pragma once

#include "orc/graph_passes.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

namespace dijitso::orc {

// The definitions of shared variables become references, to be bound as imports. Where the address of a function is
// taken and not only called, it becomes that of the quick code's jump.
void bind_to_quick_code(llvm::jitlink::LinkGraph& graph, const Replaced& replaced);

}  // namespace dijitso::orc
