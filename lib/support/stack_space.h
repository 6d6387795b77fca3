// Work that needs more stack than some threads have.
//
// A host may call from a thread with the least stack that the system allows, 16 KB, or from a fiber. Reading an entry
// and linking it need more. Tested in unittests/support/stack_space_test.cpp.
#pragma once

#include <cstddef>
#include <functional>

namespace dijitso {

// A link takes up to 25 KB, the making of a shared library 43 KB.
inline constexpr std::size_t enough_stack = std::size_t{128} << 10;

// Calls `function` here when that much is left on the stack, otherwise on a thread of its own. Returns when it has; an
// exception that it throws arrives here. Error when no thread can be started. Thread-safety: may be called from any
// thread.
void with_enough_stack(const std::function<void()>& function);

}  // namespace dijitso
