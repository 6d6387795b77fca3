// The sections of all threads are counted. A thread that forks shuts the door, waits until the count is 0, and opens it
// when the child is there; whoever comes to a shut door takes back that it was counted, and waits.

#include "support/fork.h"

#include <pthread.h>

#include <array>
#include <chrono>
#include <thread>

namespace dijitso::forking {

std::atomic<std::uint64_t> generation_count = 0;

namespace {

constexpr std::chrono::seconds patience(10);

thread_local unsigned own_sections = 0;
thread_local ThreadNumber own_number = 0;

std::atomic<int> inside = 0;  // threads that are in a section
std::atomic<bool> is_shut = false;

std::atomic<ThreadNumber> last_number = 0;
std::atomic<ThreadNumber> survivor = 0;      // the thread that forked this process
std::atomic<ThreadNumber> first_number = 1;  // of the threads that began in this process

std::array<void (*)(), 8> functions;
std::atomic<std::size_t> function_count = 0;

// A thread that forks within a section is in a constructor of a shared library: it is in the middle of no change.
void before_fork() {
  if (own_sections > 0) --inside;
  while (is_shut.exchange(true)) is_shut.wait(true);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (inside > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::microseconds(20));
}

void open_door() {
  is_shut = false;
  is_shut.notify_all();
}

void in_parent() {
  if (own_sections > 0) ++inside;
  open_door();
}

void in_child() {
  inside = own_sections > 0 ? 1 : 0;
  survivor = this_thread();
  first_number = last_number + 1;
  ++generation_count;
  for (std::size_t i = 0; i < function_count; ++i) functions.at(i)();
  open_door();
}

[[maybe_unused]] const int registered = pthread_atfork(before_fork, in_parent, in_child);

}  // namespace

ThreadNumber this_thread() noexcept {
  if (own_number == 0) own_number = ++last_number;
  return own_number;
}

bool was_left_behind(ThreadNumber thread) noexcept { return thread < first_number && thread != survivor; }

void call_in_child(void (*function)()) noexcept {
  const Section section;  // a child has the place and what stands there, or neither
  functions.at(function_count++) = function;
}

void enter_section() noexcept {
  if (own_sections++ > 0) return;
  for (;;) {
    ++inside;
    if (!is_shut) return;
    --inside;
    is_shut.wait(true);
  }
}

void leave_section() noexcept {
  if (--own_sections == 0) --inside;
}

// Only in a child, where nobody has the mutex: who was reading was left behind, and who comes waits here.
void SharedMutex::renew() {
  static constinit Mutex renewing;
  const std::lock_guard lock(renewing);
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
