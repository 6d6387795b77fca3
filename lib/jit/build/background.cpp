// At the end of the process, background threads get half a second to finish, which is enough for most work. After that
// they are asked to stop: a process should not end later because of work for other processes. Tested in
// unittests/jit/background_test.cpp and tests/faults/process_exit_test.py.

#include "jit/build/background.h"

#include "jit/build/process_end.h"
#include "support/fork.h"

#include <unistd.h>

#include <chrono>
#include <list>
#include <system_error>
#include <thread>

namespace dijitso {
namespace {

constexpr std::chrono::milliseconds patience(500);

class Threads {
 public:
  void finish() {
    std::list<Running> running;
    {
      const Lock lock(mutex_);
      has_ended_ = true;
      forget_if_forked();
      running.swap(running_);
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    for (Running& one : running) {
      one.done.wait_until(until);
      *one.stop = true;
      one.thread.join();
    }
  }

  Background start(std::function<void(const std::atomic<bool>&)> work) {
    const Lock lock(mutex_);
    if (has_ended_) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    forget_if_forked();
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
                            // Nobody waits for the result.
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
  // In a child of fork() the threads exist only in the parent. Their std::thread objects must not be used here, not
  // even for detach(), because their stacks have been reused. So these objects are leaked.
  void forget_if_forked() DIJITSO_REQUIRES(mutex_) {
    if (owner_ == ::getpid()) return;
    owner_ = ::getpid();
    new std::list<Running>(std::move(running_));
    running_.clear();
  }

  forking::Mutex mutex_;
  std::list<Running> running_ DIJITSO_GUARDED_BY(mutex_);
  pid_t owner_ DIJITSO_GUARDED_BY(mutex_) = ::getpid();
  bool has_ended_ DIJITSO_GUARDED_BY(mutex_) = false;
};

// Never destroyed.
Threads& threads() {
  static constinit forking::Once<Threads> one;
  return one.get();
}

void finish_threads() { threads().finish(); }

}  // namespace

void Background::finish() const {
  if (!done_.valid()) return;
  done_.wait_for(patience);
  *stop_ = true;
  done_.wait();
}

Background run_in_background(std::function<void(const std::atomic<bool>& stop)> work) {
  finish_background_at_process_end();
  return threads().start(std::move(work));
}

void finish_background_at_process_end() { finish_at_process_end(finish_threads); }

}  // namespace dijitso
