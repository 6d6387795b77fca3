// What a compiler's static library (libgcc.a) has for the code that it compiles: arithmetic that the processor lacks,
// and what the processor can do. A linker puts it into every program; linked code gets that of libdijitso-orc.
// The lists are made of the archive (cmake/runtime_archive.cmake). Tested in unittests/orc/runtime_symbols_test.cpp.
#pragma once

#include "support/bytes.h"

#include <string_view>

namespace dijitso::orc {

// The function of this name, or null.
void* runtime_helper(std::string_view name);

// The content of the variable of this name, which never changes; empty when there is none. Code expects it within
// reach, so each module has a copy.
ByteView runtime_data(std::string_view name);

}  // namespace dijitso::orc
