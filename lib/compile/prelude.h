// Which headers a module reads before anything of its own: the part of a compile that many modules share.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/LangOptions.h>

#include <string>
#include <vector>

namespace dijitso::compile {

struct Prelude {
  std::string text;                     // their #include lines; empty when there are none
  std::vector<std::string> defines;     // macros that the module defines or undefines before or between them
  std::vector<std::string> places;      // where the module has these lines, as in messages.h
  std::vector<std::string> conditions;  // names that its #if lines there ask for, and those in the macros' texts
};

// Pure: looks at the texts of the request only.
Prelude find_prelude(const CompileRequest& request, const clang::LangOptions& language);

}  // namespace dijitso::compile
