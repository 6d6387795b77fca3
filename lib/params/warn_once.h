// Reports warnings about the environment (a variable, a file) once instead of at every request. Thread-safe. Tested in
// unittests/params/warn_once_test.cpp.
#pragma once

#include <string>

namespace dijitso::params {

// Logs the text as a warning, unless this process has already done so.
void warn_once(const std::string& text);

}  // namespace dijitso::params
