// What a source says before its first declaration: the other part of a compile that modules may share.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/LangOptions.h>

#include <cstddef>
#include <string>
#include <vector>

namespace dijitso::compile {

struct Preamble {
  std::string text;                 // its directives, one after another; empty when there is no #include among them
  std::size_t bytes = 0;            // of the source, from its beginning to the end of the last of them
  std::vector<std::string> places;  // of the lines of the text in the source, as in messages.h
};

// Pure: looks at the texts of the request only.
Preamble find_preamble(const CompileRequest& request, const clang::LangOptions& language);

}  // namespace dijitso::compile
