// Preludes that are compiled once and used by every module that begins with them.
#pragma once

#include "compile/compiler.h"
#include "compile/invocation.h"
#include "compile/prelude.h"

#include <string>

namespace dijitso::compile {

// Whether the object comes out the same with the prelude precompiled as without: the headers mention none of the macros
// that the module defines before them, and change none that its conditions ask for.
bool suits(const Precompiled& precompiled, const Prelude& prelude);

// Whether objects of these options can be the same at all.
bool allows_precompiled(const clang::CompilerInvocation& invocation);

Precompiled compile_prelude(const CompileRequest& request, const Translation& translation, const std::string& prelude);

// Makes a run of Clang begin with the precompiled headers, which must outlive it.
void use_precompiled(clang::CompilerInvocation& invocation, Files& files, const Precompiled& precompiled);

}  // namespace dijitso::compile
