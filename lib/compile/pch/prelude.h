// Finds the headers that a module includes before its own code. Many modules share this part of their compile.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/LangOptions.h>

#include <string>
#include <vector>

namespace dijitso::compile {

struct Prelude {
  std::string text;                     // #include lines; empty when there are none
  std::vector<std::string> defines;     // macros that the module defines or undefines before or between these lines
  std::vector<std::string> places;      // for each line of `text`, its place in the module, as in messages.h
  std::vector<std::string> conditions;  // names in the #if lines before or between them, and in the macros' texts
};

// Pure function: uses only the texts of the request.
Prelude find_prelude(const CompileRequest& request, const clang::LangOptions& language);

}  // namespace dijitso::compile
