// How many tasks on the pool belong to a Jit.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace dijitso {

class Tasks {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    if (owner_ != ::getpid()) count_ = 0;
    owner_ = ::getpid();
    ++count_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  // Whether there is none after so long at most.
  template <class Duration>
  bool wait_for(Duration duration) {
    std::unique_lock lock(mutex_);
    return owner_ != ::getpid() || none_.wait_for(lock, duration, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
  pid_t owner_ = 0;  // the process in which they run: a child after fork() has none of them
};

}  // namespace dijitso
