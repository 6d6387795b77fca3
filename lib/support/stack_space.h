// Provides enough stack for work that some threads cannot do on their own stack.
//
// A host may call from a thread with the smallest stack that the system allows, 16 KB, or from a fiber. Reading and
// linking an entry needs more. Tested in unittests/support/stack_space_test.cpp.
#pragma once

#include <cstddef>
#include <functional>

namespace dijitso {

// A link needs up to 25 KB, making a shared library 43 KB.
inline constexpr std::size_t enough_stack = std::size_t{128} << 10;

// Calls `function` directly when that much stack is left, otherwise on a new thread. Returns when it has returned, and
// rethrows its exception. Throws Error when no thread can be started. Thread-safety: may be called from any thread.
void with_enough_stack(const std::function<void()>& function);

}  // namespace dijitso
