// Makes code in this process from an entry.
#pragma once

#include "cache/format/entry.h"
#include "jit/context.h"
#include "jit/loaded/module.h"

namespace dijitso {

// Code for another kind of machine becomes a stand-in that refuses calls; modules can depend on it and be sent with it.
//
// Links `object`, or opens a shared library made of it, depending on cache.lib_loader, and runs the static
// constructors. The dependencies of the module must be ready. Throws LinkFailed, also when the processor lacks a
// feature that the code needs.
CodePointer make_code(Context& context, const CacheParams& cache, const Module& module, const cache::Entry& entry,
                      const SharedBytes& object);

// Throws LinkFailed when the module was compiled for another kind of machine.
void check_runs_here(const Module& module);

}  // namespace dijitso
