// Builds a module that has been generated, on the threads of the pool.
//
// The pool compiles and publishes modules, and optimises after all tasks that somebody waits for. A thread that needs a
// module waits for its state and links it itself (linking.h).
#pragma once

#include "cache/store/lookup.h"
#include "jit/build/build.h"
#include "jit/context.h"
#include "jit/loaded/module.h"
#include "support/claim.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace dijitso {

// build.jobs, or the number of available cores when that is 0.
std::size_t jobs_of(const BuildParams& build);

// Makes the module, remembers it as the variant used last, and begins to build it. `requested_meanwhile` are modules
// that were requested while it was generated. `lookup` is the slot of its entry; it is empty when the slot depends on
// modules that are still being compiled. The claim is held until the entry is published. CacheError when there is no
// compiler.
ModulePointer begin_build(std::shared_ptr<Context> context, BuildTask task, Dependencies dependencies,
                          std::vector<ModulePointer> requested_meanwhile, std::optional<cache::Lookup> lookup,
                          Claim claim);

// In a child of fork(), restarts the unfinished compiles of this module and its dependencies that the parent had begun.
// Otherwise does nothing.
void build_what_was_left_behind(const Module& module);

}  // namespace dijitso
