// Runs work that nobody waits for on threads that end before the process destroys what they use.
#pragma once

#include "jit/request/interruptible.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>

namespace dijitso {

// One piece of background work.
class Background {
 public:
  Background() = default;
  Background(std::shared_future<void> done, std::shared_ptr<std::atomic<bool>> stop)
      : done_(std::move(done)), stop_(std::move(stop)) {}

  void wait() const {
    if (done_.valid()) wait_interruptibly(done_);
  }

  // Asks the work to end early, and does not wait.
  void stop() const {
    if (stop_) *stop_ = true;
  }

  // Waits half a second for the work to finish, then asks it to stop, and waits until it has stopped.
  void finish() const;

 private:
  std::shared_future<void> done_;
  std::shared_ptr<std::atomic<bool>> stop_;
};

// Runs `work` on a new thread. `stop` becomes true when the work should end early. Exceptions of `work` are ignored.
// Throws std::system_error when no thread can be started, or when the process is ending.
Background run_in_background(std::function<void(const std::atomic<bool>& stop)> work);

// Registers finishing of background work at process end (process_end.h). Every thread that may start such work must
// call it.
void finish_background_at_process_end();

}  // namespace dijitso
