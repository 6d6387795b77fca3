// Runs a function on a new thread that has a stack large enough for deeply nested code. The thread does not inherit
// settings of the calling thread that could change what the compiler computes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace dijitso::compilation {

// This is address space, which costs nothing until it is touched. When there is less (ulimit -v), the stack gets about
// a sixteenth of the rest, because the compile needs some too, but never less than `least_stack_bytes`. When the system
// reserves memory for every mapping (vm.overcommit_memory=2), the stack has `costly_stack_bytes`.
inline constexpr std::size_t large_stack_bytes = std::size_t{8} << 30;
inline constexpr std::size_t costly_stack_bytes = std::size_t{256} << 20;
inline constexpr std::size_t least_stack_bytes = std::size_t{16} << 20;

// Returns when the function has returned, and rethrows its exception. Throws Error when the thread cannot be started.
void run_on_large_stack(const std::function<void()>& function, std::size_t bytes = large_stack_bytes);

struct StackExtent {
  std::uintptr_t top = 0;
  std::size_t bytes = 0;
};

// The large stack on which the caller runs; empty when it runs on another stack.
StackExtent this_stack();

}  // namespace dijitso::compilation
