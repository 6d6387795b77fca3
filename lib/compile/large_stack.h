// Runs a function on a thread of its own that has the stack which deeply nested code needs, and none of the settings of
// the thread that asked for it which could change what the compiler computes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace dijitso::compile {

// Address space, which costs nothing before it is touched. Where there is less (ulimit -v), the stack is about a
// sixteenth of what is left, for the compile needs some too, but never less than the least. Where the system sets
// memory aside for all that is mapped (vm.overcommit_memory=2), a thread begins with much less.
inline constexpr std::size_t large_stack_bytes = std::size_t{8} << 30;
inline constexpr std::size_t costly_stack_bytes = std::size_t{256} << 20;
inline constexpr std::size_t least_stack_bytes = std::size_t{16} << 20;

// Returns when the function has; an exception that it throws arrives here. Error when the thread cannot be started.
void run_on_large_stack(const std::function<void()>& function, std::size_t bytes = large_stack_bytes);

struct StackExtent {
  std::uintptr_t top = 0;
  std::size_t bytes = 0;
};

// The large stack that this is called on; nothing elsewhere.
StackExtent this_stack();

}  // namespace dijitso::compile
