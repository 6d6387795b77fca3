// How a thread waits in the library, so that it can be called away (dijitso/interrupt.h). To be used without a lock.
#pragma once

#include <dijitso/interrupt.h>

#include <chrono>
#include <future>

namespace dijitso {

// Whether this thread has an InterruptCheck.
bool is_interruptible();

// Asks it. Interrupted.
void check_interrupt();

// Calls `wait_for(duration)`, which returns true when what it waits for has come, until it does. Interrupted.
template <class WaitFor>
void wait_interruptibly(WaitFor wait_for) {
  while (!wait_for(is_interruptible() ? std::chrono::milliseconds(50) : std::chrono::hours(1))) check_interrupt();
}

template <class Value>
void wait_interruptibly(const std::shared_future<Value>& future) {
  wait_interruptibly([&](auto duration) { return future.wait_for(duration) == std::future_status::ready; });
}

}  // namespace dijitso
