// What dijitso reads itself of the compiler's flags: the processor, the libraries, and names of files and directories,
// which mean something else in another current directory.
#pragma once

#include "jit/request/key.h"

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// The library that -fopenmp stands for.
constexpr std::string_view openmp_library = "omp";

// The flags go into the arguments of the request, the libraries that they name into its lists. The lists of flags
// follow each other, and a later flag wins over an earlier one. Returns the processor that is asked for, `cpu` when
// none is. InvalidArgument for a flag that lacks its value.
std::string resolve_flags(const std::vector<std::vector<std::string>>& lists, std::string cpu, Request& request);

// Against the current directory, which is noted in the request. InvalidArgument for an empty path, and when the current
// directory is needed and was removed.
std::string absolute(const std::string& path, Request& request);

// A directory of headers as the compiler is to see it: mostly one, with the names that it has in packs.
std::vector<std::string> directories(const std::string& path, Request& request);

// `$ORIGIN/lib` stays as it is.
std::string absolute_runtime_dir(const std::string& path, Request& request);

}  // namespace dijitso
