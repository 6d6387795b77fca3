// Replacements for functions of the C and C++ runtime that linked code must not call directly: they register
// destructors with the module, find its thread-local variables, or depend on the caller's library. Tested in
// unittests/orc/lifetime_test.cpp, thread_local_test.cpp and runtime_symbols_test.cpp.
#pragma once

#include <string_view>

namespace dijitso::orc {

// The address to which `name` must be bound, or null when it is not one of these functions.
void* runtime_symbol(std::string_view name);

}  // namespace dijitso::orc
