// Counts the memory allocations of the whole program with operator new, those of LLVM in libdijitso-orc included.
#pragma once

#include <cstddef>

namespace orc_test {

std::size_t allocation_count();

}  // namespace orc_test
