// Counts the threads that are in a section. A thread that forks sets `is_forking`, waits until the count is 0, and
// clears the flag after the fork. A thread that enters a section while the flag is set undoes its count and waits.

#include "support/fork.h"

#include <pthread.h>

#include <array>
#include <chrono>
#include <thread>

namespace dijitso::forking {

std::atomic<std::uint64_t> generation_count = 0;

namespace {

constexpr std::chrono::seconds longest_wait(10);

thread_local unsigned nested_sections = 0;
thread_local ThreadNumber own_number = 0;

std::atomic<int> threads_in_sections = 0;  // threads that are in a section
std::atomic<bool> is_forking = false;

std::atomic<ThreadNumber> last_number = 0;
std::atomic<ThreadNumber> survivor = 0;      // the thread that forked this process
std::atomic<ThreadNumber> first_number = 1;  // of the threads that began in this process

std::array<void (*)(), 8> functions;
std::atomic<std::size_t> function_count = 0;

// A thread that forks within a section runs a constructor of a shared library, so it is not in the middle of a change.
void before_fork() {
  if (nested_sections > 0) --threads_in_sections;
  while (is_forking.exchange(true)) is_forking.wait(true);
  const auto until = std::chrono::steady_clock::now() + longest_wait;
  while (threads_in_sections > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::microseconds(20));
}

void end_fork() {
  is_forking = false;
  is_forking.notify_all();
}

void in_parent() {
  if (nested_sections > 0) ++threads_in_sections;
  end_fork();
}

void in_child() {
  threads_in_sections = nested_sections > 0 ? 1 : 0;
  survivor = this_thread();
  first_number = last_number + 1;
  ++generation_count;
  for (std::size_t i = 0; i < function_count; ++i) functions.at(i)();
  end_fork();
}

[[maybe_unused]] const int registered = pthread_atfork(before_fork, in_parent, in_child);

}  // namespace

ThreadNumber this_thread() noexcept {
  if (own_number == 0) own_number = ++last_number;
  return own_number;
}

bool was_left_behind(ThreadNumber thread) noexcept { return thread < first_number && thread != survivor; }

void call_in_child(void (*function)()) noexcept {
  const Section section;  // a forked child has both the new count and the function, or neither
  functions.at(function_count++) = function;
}

void enter_section() noexcept {
  if (nested_sections++ > 0) return;
  for (;;) {
    ++threads_in_sections;
    if (!is_forking) return;
    --threads_in_sections;
    is_forking.wait(true);
  }
}

void leave_section() noexcept {
  if (--nested_sections == 0) --threads_in_sections;
}

// Runs only in a child, where no thread holds the mutex: the parent's readers do not exist, and new ones wait here.
void SharedMutex::renew() {
  static constinit Mutex renewing;
  const Lock lock(renewing);
  if (generation_ == generation()) return;
  std::construct_at(&mutex_);
  generation_ = generation();
}

void LongMutex::lock() noexcept {
  const ThreadNumber me = this_thread();
  ThreadNumber owner = owner_;
  while (owner != me) {
    const bool is_free = owner == 0 || was_left_behind(owner);
    if (is_free && owner_.compare_exchange_strong(owner, me)) {
      depth_ = 0;
      break;
    }
    if (!is_free) owner_.wait(owner);
    owner = owner_;
  }
  ++depth_;
}

void LongMutex::unlock() noexcept {
  if (--depth_ > 0) return;
  owner_ = 0;
  owner_.notify_all();
}

}  // namespace dijitso::forking
