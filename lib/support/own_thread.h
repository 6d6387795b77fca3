// Calls a function on a new thread.
#pragma once

#include <cstddef>
#include <functional>

namespace dijitso {

// Starts a thread with a stack of this size (at `stack` if given) and returns when the function has returned; rethrows
// its exception. Returns 0, or the error number when the thread cannot be started.
int call_on_own_thread(const std::function<void()>& function, std::size_t stack_bytes, void* stack = nullptr);

}  // namespace dijitso
