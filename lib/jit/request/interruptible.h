// Waiting that an InterruptCheck can interrupt (dijitso/interrupt.h). No lock may be held.
#pragma once

#include <dijitso/interrupt.h>

#include <chrono>
#include <future>

namespace dijitso {

// Whether this thread has an InterruptCheck.
bool is_interruptible();

// Calls the InterruptCheck of this thread, if any. Throws Interrupted.
void check_interrupt();

// Repeats `wait_for(duration)` until it returns true, and checks for an interrupt in between. Throws Interrupted.
template <class WaitFor>
void wait_interruptibly(WaitFor wait_for) {
  while (!wait_for(is_interruptible() ? std::chrono::milliseconds(50) : std::chrono::hours(1))) check_interrupt();
}

template <class Value>
void wait_interruptibly(const std::shared_future<Value>& future) {
  wait_interruptibly([&](auto duration) { return future.wait_for(duration) == std::future_status::ready; });
}

}  // namespace dijitso
