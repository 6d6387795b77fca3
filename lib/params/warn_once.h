// Warnings about the surroundings (a variable, a file), which would otherwise be repeated at every request.
// Thread-safe. Tested in unittests/params/warn_once_test.cpp.
#pragma once

#include <string>

namespace dijitso::params {

// Logs the text as a warning unless this process has done so before.
void warn_once(const std::string& text);

}  // namespace dijitso::params
