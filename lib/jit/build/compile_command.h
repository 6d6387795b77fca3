// The command of an ordinary compiler that does what was done here: for people, the build log and recompile.sh.
#pragma once

#include "jit/request/key.h"

#include <dijitso/params.h>

#include <string>
#include <vector>

namespace dijitso {

// The words of build.cxx, which may name a launcher before the compiler; "cc" for C.
std::vector<std::string> compiler_words(const Request& request, const Params& params);

// Flags and processor, as both commands have them. Packed directories are called as where they were packed.
std::vector<std::string> flag_words(const Request& request);

// The flags for build.include_dirs, each once.
std::vector<std::string> include_words(const Request& request);

// A word as a shell must be given it.
std::string shell_quoted(const std::string& word);

}  // namespace dijitso
