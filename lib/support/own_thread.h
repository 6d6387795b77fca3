// A function call on a thread of its own.
#pragma once

#include <cstddef>
#include <functional>

namespace dijitso {

// Starts a thread with a stack of this size, at `stack` when that is given, and returns when the function has; an
// exception that it throws arrives here. Not 0 but the number of the error when the thread cannot be started.
int call_on_own_thread(const std::function<void()>& function, std::size_t stack_bytes, void* stack = nullptr);

}  // namespace dijitso
