// The functions of the C and C++ runtime that linked code must get from us: they register what is to be destroyed with
// the module, find its thread-local variables, or ask the dynamic loader who calls. Tested in
// unittests/orc/lifetime_test.cpp, thread_local_test.cpp and runtime_symbols_test.cpp.
#pragma once

#include <string_view>

namespace dijitso::orc {

// The address to bind `name` to, or null when it is not one of ours.
void* runtime_symbol(std::string_view name);

}  // namespace dijitso::orc
