// The order in which this thread used modules. A name with several variants means the variant that the thread used
// last, regardless of other threads. Covers the last thousand modules of a process. Allocates only at the first use in
// a thread.
#pragma once

#include <cstdint>

namespace dijitso::last_used {

// A new number for a module; numbers are never reused.
std::uint64_t next_number();

// Records that this thread uses the module now.
void note(std::uint64_t module) noexcept;

// Higher for modules that this thread used later; 0 for modules that it never used or whose place was lost.
std::uint64_t rank(std::uint64_t module) noexcept;

}  // namespace dijitso::last_used
