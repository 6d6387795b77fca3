// Counts tasks of some kind. In a child of fork() the count begins anew: the tasks of the parent are not in the child.
#pragma once

#include "support/fork.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace dijitso {

class Tasks {
 public:
  void begin() {
    for (std::uint64_t now = state_;;)
      if (state_.compare_exchange_weak(now, (is_of_this_process(now) ? now : none()) + 1)) return;
  }

  // Ignores the end of a task of the parent in the child, which happens when the task itself has forked.
  void end() {
    for (std::uint64_t now = state_; is_of_this_process(now) && now != none();)
      if (state_.compare_exchange_weak(now, now - 1)) return;
  }

  std::uint64_t count() const {
    const std::uint64_t now = state_;
    return is_of_this_process(now) ? now - none() : 0;
  }

  // Waits at most this long. Returns whether no task is left.
  template <class Duration>
  bool wait_for(Duration duration) const {
    const auto until = std::chrono::steady_clock::now() + duration;
    while (count() > 0) {
      if (std::chrono::steady_clock::now() >= until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

 private:
  static std::uint64_t none() { return forking::generation() << 32; }
  static bool is_of_this_process(std::uint64_t state) { return state >> 32 == forking::generation(); }

  std::atomic<std::uint64_t> state_ = 0;  // high half: forking::generation() of the counted tasks; low half: count
};

}  // namespace dijitso
