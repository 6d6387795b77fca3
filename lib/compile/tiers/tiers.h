// Compiles in two tiers: unoptimised code at once and optimised code later, from one run of Clang's parser
// (docs/design.md).
#pragma once

#include "compile/compiler.h"
#include "compile/driver/arguments.h"
#include "compile/limits/compile_watch.h"

namespace dijitso::compilation {

// Implement Compiler::compile and compile_quickly. Call them on a large stack.
CompileResult compile_whole(const CompileRequest& request, const Translation& translation,
                            const Precompiled* precompiled, CompileWatch& watch);
QuickResult compile_in_tiers(const CompileRequest& request, const Translation& translation,
                             const Precompiled* precompiled, CompileWatch& watch);

}  // namespace dijitso::compilation
