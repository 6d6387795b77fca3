// Objects with static storage are destroyed in the opposite order of their making. The list of threads is made at the
// first use, hence after the compiler's statics, and waits in its destructor: a moment, in which most work comes to its
// end, for a process should not end later because of what other processes may need. Tested in
// tests/faults/process_exit_test.py.

#include "jit/background.h"

#include <unistd.h>

#include <chrono>
#include <list>
#include <mutex>
#include <thread>

namespace dijitso {
namespace {

constexpr std::chrono::milliseconds patience(500);

class Threads {
 public:
  ~Threads() {
    const bool is_forked = ::getpid() != owner_;  // the threads are not in the child
    const auto until = std::chrono::steady_clock::now() + patience;
    for (Running& running : running_) {
      if (is_forked) {
        running.thread.detach();
        continue;
      }
      running.done.wait_until(until);
      *running.stop = true;
      running.thread.join();
    }
  }

  Background start(std::function<void(const std::atomic<bool>&)> work) {
    const std::lock_guard lock(mutex_);
    running_.remove_if([](Running& running) {
      if (running.done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
      running.thread.join();
      return true;
    });
    std::promise<void> promise;
    std::shared_future<void> done = promise.get_future().share();
    auto stop = std::make_shared<std::atomic<bool>>(false);
    running_.push_back({std::thread([work = std::move(work), stop, promise = std::move(promise)]() mutable {
                          try {
                            work(*stop);
                          } catch (...) {
                            // Nobody waits for the result; what it was for goes on without.
                          }
                          work = nullptr;
                          promise.set_value();
                        }),
                        done, stop});
    return {done, stop};
  }

 private:
  struct Running {
    std::thread thread;
    std::shared_future<void> done;
    std::shared_ptr<std::atomic<bool>> stop;
  };
  std::mutex mutex_;
  std::list<Running> running_;
  const pid_t owner_ = ::getpid();
};

}  // namespace

void Background::finish() const {
  if (!done_.valid()) return;
  done_.wait_for(patience);
  *stop_ = true;
  done_.wait();
}

Background run_in_background(std::function<void(const std::atomic<bool>& stop)> work) {
  static Threads threads;
  return threads.start(std::move(work));
}

}  // namespace dijitso
