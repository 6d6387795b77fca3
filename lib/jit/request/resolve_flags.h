// The compiler flags that dijitso interprets itself: the processor, libraries, and paths, which depend on the current
// directory.
#pragma once

#include "jit/request/key.h"

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// The library that -fopenmp links.
constexpr std::string_view openmp_library = "omp";

// Adds the flags to the arguments of the request, and the libraries that they name to its lists. The lists of flags
// follow each other; a later flag overrides an earlier one. Returns the processor that the flags select, else `cpu`.
// InvalidArgument for a flag without its value.
std::string resolve_flags(const std::vector<std::vector<std::string>>& lists, std::string cpu, Request& request);

// Makes a path absolute against the current directory, and marks the request if it was relative. InvalidArgument for an
// empty path, or when the current directory is needed and was removed.
std::string absolute(const std::string& path, Request& request);

// The paths of a directory of headers for the compiler: usually one, or its names in header packs.
std::vector<std::string> directories(const std::string& path, Request& request);

// The same for a run path, except that one with $ORIGIN stays as it is.
std::string absolute_runtime_dir(const std::string& path, Request& request);

}  // namespace dijitso
