// Links a compiled module into this process, on the thread that wants the code.
#pragma once

#include "jit/context.h"
#include "jit/loaded/module.h"

#include <string>

namespace dijitso {

// Waits until the module has been compiled, then links it and runs its static constructors, unless that has been done.
// Links its dependencies, and the modules that its generate requested, first. On failure, removes the module from the
// memory of its Jit and throws.
void link(const Module& module);

// Makes the stubs of quick code jump to the functions of the entry. Does nothing at the end of the process.
void replace_quick_code(Context& context, const std::string& signature, const CodePointer& code,
                        const CompiledObject& quick, const SharedBytes& entry);

}  // namespace dijitso
