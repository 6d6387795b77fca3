// Changes quick code so that LLVM's fast instruction selector can do all of it.
#pragma once

#include <llvm/IR/Module.h>

namespace dijitso::compilation {

// Replaces small `switch`es by comparisons, and `a * b + c` that may be fused by a product and a sum where the
// processor cannot fuse them. The code computes the same, to the last bit.
void prepare_for_fast_selection(llvm::Module& module);

}  // namespace dijitso::compilation
