// The equivalent command of an ordinary compiler, for the build log, recompile.sh and people.
#pragma once

#include "jit/request/key.h"

#include <dijitso/params.h>

#include <string>
#include <vector>

namespace dijitso {

// The words of build.cxx, which may name a launcher before the compiler; "cc" for C.
std::vector<std::string> compiler_words(const Request& request, const Params& params);

// The flags and the processor, the same in both commands. Packed directories have the paths that they had when they
// were packed.
std::vector<std::string> flag_words(const Request& request);

// The flags for build.include_dirs, each once.
std::vector<std::string> include_words(const Request& request);

// Quotes a word for a shell.
std::string shell_quoted(const std::string& word);

}  // namespace dijitso
