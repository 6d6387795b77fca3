// From a compiled module to code in this process, on the thread that wants it.
#pragma once

#include "jit/context.h"
#include "jit/loaded/module.h"

#include <string>

namespace dijitso {

// Waits until the module has been compiled, then links it and runs its static constructors, unless that has been done;
// before it, everything that it depends on and that it asked for while it was generated. Throws what went wrong, and
// then removes the module from the memory of its Jit.
void link(const Module& module);

// Redirects the functions of quick code to those of the entry. At the end of the process nothing is replaced any more.
void replace_quick_code(Context& context, const std::string& signature, const CodePointer& code,
                        const CompiledObject& quick, const SharedBytes& entry);

}  // namespace dijitso
