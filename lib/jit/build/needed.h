// Reports the failure of a dependency as the failure of the module that needs it.
#pragma once

#include <string>

namespace dijitso {

// Call it while an exception is handled. Throws an exception of the same class whose message begins with "module
// '<signature>' needs '<needed>', which failed: ". Rethrows exceptions of other libraries unchanged.
[[noreturn]] void throw_as_need_of(const std::string& signature, const std::string& needed);

}  // namespace dijitso
