// Runs a function on a thread of its own that has the stack which deeply nested code needs.
#pragma once

#include <cstddef>
#include <functional>

namespace dijitso::compile {

inline constexpr std::size_t large_stack_bytes = std::size_t{16} << 20;

// Returns when the function has; an exception that it throws arrives here. Error when the thread cannot be started.
void run_on_large_stack(const std::function<void()>& function, std::size_t bytes = large_stack_bytes);

}  // namespace dijitso::compile
