// In which order this thread used modules: a name that several variants have means the one that the thread used last,
// whatever other threads do with it. Of the last thousand modules of a process; without allocation but for the
// first use in a thread.
#pragma once

#include <cstdint>

namespace dijitso::last_used {

// The next number for a module; numbers are not given twice.
std::uint64_t next_number();

// This thread uses the module with this number now.
void note(std::uint64_t module) noexcept;

// Greater for what this thread used later; 0 for what it never used, or when that is not known any more.
std::uint64_t rank(std::uint64_t module) noexcept;

}  // namespace dijitso::last_used
