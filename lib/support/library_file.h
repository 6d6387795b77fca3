// Where the dynamic loader finds a shared library. Tested in unittests/support/library_file_test.cpp.
#pragma once

#include <string>

namespace dijitso {

// The file that it opens under this name; empty when there is none. The library is closed again.
std::string file_of_library(const std::string& name);

// The same for a library that the process has loaded already.
std::string file_of_loaded_library(const std::string& name);

}  // namespace dijitso
