// Objects with static storage are destroyed in the opposite order of their making. The list of threads is made at the
// first use, hence after the compiler's statics, and waits in its destructor. Tested in
// tests/faults/process_exit_test.py.

#include "jit/background.h"

#include <unistd.h>

#include <list>
#include <mutex>
#include <thread>

namespace dijitso {
namespace {

class Threads {
 public:
  ~Threads() {
    const bool is_forked = ::getpid() != owner_;  // the threads are not in the child
    for (Running& running : running_) is_forked ? running.thread.detach() : running.thread.join();
  }

  std::shared_future<void> start(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    running_.remove_if([](Running& running) {
      if (running.done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
      running.thread.join();
      return true;
    });
    std::promise<void> promise;
    std::shared_future<void> done = promise.get_future().share();
    running_.push_back({std::thread([work = std::move(work), promise = std::move(promise)]() mutable {
                          try {
                            work();
                          } catch (...) {
                            // Nobody waits for the result; what it was for goes on without.
                          }
                          work = nullptr;
                          promise.set_value();
                        }),
                        done});
    return done;
  }

 private:
  struct Running {
    std::thread thread;
    std::shared_future<void> done;
  };
  std::mutex mutex_;
  std::list<Running> running_;
  const pid_t owner_ = ::getpid();
};

}  // namespace

std::shared_future<void> run_in_background(std::function<void()> work) {
  static Threads threads;
  return threads.start(std::move(work));
}

}  // namespace dijitso
