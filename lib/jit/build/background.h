// Work that nobody waits for, on a thread that has ended before the process tears down what it uses.
#pragma once

#include "jit/request/interruptible.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>

namespace dijitso {

// One such work.
class Background {
 public:
  Background() = default;
  Background(std::shared_future<void> done, std::shared_ptr<std::atomic<bool>> stop)
      : done_(std::move(done)), stop_(std::move(stop)) {}

  void wait() const {
    if (done_.valid()) wait_interruptibly(done_);
  }

  // Waits a moment for it to finish, then asks it to stop, and waits until it has stopped.
  void finish() const;

 private:
  std::shared_future<void> done_;
  std::shared_ptr<std::atomic<bool>> stop_;
};

// Runs `work` on a thread of its own. `stop` becomes true when the work should end early. Exceptions are dropped.
// std::system_error when there is no thread to be had, as at the end of the process.
Background run_in_background(std::function<void(const std::atomic<bool>& stop)> work);

// See process_end.h. To be called by every thread that may start such work.
void finish_background_at_process_end();

}  // namespace dijitso
