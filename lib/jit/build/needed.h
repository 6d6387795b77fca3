// Reports the failure of a dependency as the failure of the module that needs it.
#pragma once

#include <string>

namespace dijitso {

// To be called while an exception is handled: throws one of the same kind whose message begins with "module
// '<signature>' needs '<needed>', which failed: ". One that is not dijitso's is thrown again as it is.
[[noreturn]] void throw_as_need_of(const std::string& signature, const std::string& needed);

}  // namespace dijitso
