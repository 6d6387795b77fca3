// Decides which headers of a module may be precompiled. Pure functions: they use only the texts of the request and the
// options. A prelude without text means that there is nothing to precompile.
#pragma once

#include "compile/compiler.h"

#include <clang/Frontend/CompilerInvocation.h>

namespace dijitso::compilation {

// The headers that a module includes before its own code, as a list of #include lines (header_list.cpp). Many modules
// share it. `unmentioned` gets the macros that the module defines or undefines before or between these lines,
// `unchanged` the names in its #if lines there, and in the texts of these macros.
Prelude find_header_list(const CompileRequest& request, const clang::LangOptions& language);

// The directives of the source up to the last #include before its first declaration (preamble.cpp).
Prelude find_preamble(const CompileRequest& request, const clang::LangOptions& language);

// Implements Compiler::plan_headers: both of these, with all conditions for their use.
HeaderPlan plan_headers(const CompileRequest& request, const clang::CompilerInvocation& invocation);

}  // namespace dijitso::compilation
