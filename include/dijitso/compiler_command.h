// The command line of a C and C++ compiler, as the programs dijitso-cc and dijitso-c++ have it: gcc's, with Clang, lld
// and the cache in this process.
//
// For a program that is a compiler command: it reads and writes the files that the words name, prints to standard
// output and standard error, and may install handlers that remove unfinished files when a signal ends the process. Call
// it once in a process, on its main thread.
#pragma once

#include <dijitso/export.h>

#include <string>
#include <vector>

namespace dijitso {

// `words` begin with the name of the program; one that ends with "++" compiles and links as C++. Returns the exit code.
// With DIJITSO_CC_FALLBACK in the environment, a command line that is refused is handed on to the compiler of that
// name, which then replaces this process. With DIJITSO_CC_BASE_DIR, absolute paths below that directory become relative
// before the compile (docs/compiler-command.md). No exception leaves it.
DIJITSO_API int compiler_command(const std::vector<std::string>& words);

}  // namespace dijitso
