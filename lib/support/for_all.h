// Runs the same work for many items on all available cores.
#pragma once

#include "support/cores.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace dijitso {

// Calls `work` with 0 to `count` - 1, on several threads when each has at least `enough_for_a_thread` items. `work`
// must not throw.
template <class Work>
void for_all(std::size_t count, std::size_t enough_for_a_thread, Work work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(available_cores(), count / enough_for_a_thread); ++i) others.emplace_back(run);
  run();
}

}  // namespace dijitso
