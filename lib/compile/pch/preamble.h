// The beginning of a source up to its first declaration, which several modules may share.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/LangOptions.h>

#include <cstddef>
#include <string>
#include <vector>

namespace dijitso::compile {

struct Preamble {
  std::string text;                 // its directives; empty when none of them is an #include
  std::size_t bytes = 0;            // length of the preamble in the source
  std::vector<std::string> places;  // for each line of `text`, its place in the source, as in messages.h
};

// Pure function: uses only the texts of the request.
Preamble find_preamble(const CompileRequest& request, const clang::LangOptions& language);

}  // namespace dijitso::compile
