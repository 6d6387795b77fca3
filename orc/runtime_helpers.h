// Functions and data of the compiler's static library (libgcc.a): arithmetic that the processor does not have, and data
// about the processor. A linker adds them to every program; linked code gets those of libdijitso-orc. The lists are
// generated from the archive (cmake/runtime_archive.cmake). Tested in unittests/orc/runtime_symbols_test.cpp.
#pragma once

#include "support/bytes.h"

#include <string_view>

namespace dijitso::orc {

// The function with this name, or null.
void* runtime_helper(std::string_view name);

// The constant content of the variable with this name, or empty. Code expects the variable nearby, so each module has a
// copy.
ByteView runtime_data(std::string_view name);

}  // namespace dijitso::orc
