// fork() while other threads are in the library.
//
// A forked child has one thread, and a copy of the memory at a moment when other threads were in the middle of their
// work. Two rules allow it to use the library at once:
//   - Short changes are made in a Section. fork() waits until no other thread is in one, so a child never sees half of
//     a change. A Mutex is locked in a Section, so it is unlocked in a child.
//   - fork() never waits for long work: a compile, a link with lld, `generate`, static constructors, or waiting for any
//     of them. The state of such work names the thread or process that does it, and a child starts it again when that
//     thread does not exist in the child.
// In a Section, a thread never waits for a thread outside of a Section and never calls code of the program, because a
// log handler may want a lock that the forking thread holds. Opening a shared library is a Section although its
// constructors are such code; because of them fork() waits at most ten seconds.
// Children of vfork(), posix_spawn() and clone() that only call exec are not supported: no fork handlers run for them.
// Thread-safety: any thread may use everything here. Tested in unittests/support/fork_test.cpp and
// tests/faults/fork_test.py.
#pragma once

#include "support/lock.h"

#include <dijitso/export.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace dijitso::forking {

// The number of fork() calls from the first process of the program to this one.
extern DIJITSO_API std::atomic<std::uint64_t> generation_count;
inline std::uint64_t generation() { return generation_count.load(std::memory_order_acquire); }

// A number that is unique among the program's threads and that the forking thread keeps in the child. 0 is no thread.
using ThreadNumber = std::uint64_t;
DIJITSO_API ThreadNumber this_thread() noexcept;

// Whether the thread belonged to an ancestor of this process and does not exist in this process.
DIJITSO_API bool was_left_behind(ThreadNumber thread) noexcept;

// Calls the function in every child before fork() returns there. For a few functions that exist as long as the process.
void call_in_child(void (*function)()) noexcept;

// Sections of one thread may be nested.
DIJITSO_API void enter_section() noexcept;
DIJITSO_API void leave_section() noexcept;

class Section {
 public:
  Section() noexcept { enter_section(); }
  ~Section() { leave_section(); }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
};

// For short critical sections.
class DIJITSO_MUTEX Mutex {
 public:
  void lock() DIJITSO_ACQUIRE() {
    enter_section();
    mutex_.lock();
  }
  void unlock() DIJITSO_RELEASE() {
    mutex_.unlock();
    leave_section();
  }

 private:
  std::mutex mutex_;
};

// For short critical sections. Readers do not enter a Section, to save its cost. So a child may find the mutex locked
// by readers of its parent; it replaces the mutex, because readers change nothing.
class DIJITSO_MUTEX SharedMutex {
 public:
  void lock() DIJITSO_ACQUIRE() {
    enter_section();
    renew_in_child();
    mutex_.lock();
  }
  void unlock() DIJITSO_RELEASE() {
    mutex_.unlock();
    leave_section();
  }
  void lock_shared() DIJITSO_ACQUIRE_SHARED() {
    renew_in_child();
    mutex_.lock_shared();
  }
  void unlock_shared() DIJITSO_RELEASE_SHARED() { mutex_.unlock_shared(); }

 private:
  void renew_in_child() {
    if (generation_.load(std::memory_order_acquire) != generation()) renew();
  }
  void renew();

  std::shared_mutex mutex_;
  std::atomic<std::uint64_t> generation_ = generation();
};

// For long operations. A thread may lock it several times. In a child it is unlocked, unless the thread that forked
// holds it, which keeps it.
class DIJITSO_API DIJITSO_MUTEX LongMutex {
 public:
  void lock() noexcept DIJITSO_ACQUIRE();
  void unlock() noexcept DIJITSO_RELEASE();

 private:
  std::atomic<ThreadNumber> owner_ = 0;
  std::size_t depth_ = 0;  // of the owner
};

// An object that is created at its first use and never destroyed, because threads may use it while the process exits. A
// static local variable is not used: its initialisation lock would stay locked in a child that is forked meanwhile.
template <class T>
class Once {
 public:
  template <class Make>
  T& get(const Make& make) {
    T* value = value_.load(std::memory_order_acquire);
    if (!value) {
      const Lock lock(mutex_);
      value = value_.load(std::memory_order_relaxed);
      if (!value) value_.store(value = new T(make()), std::memory_order_release);
    }
    return *value;
  }
  T& get() {
    return get([] { return T(); });
  }

 private:
  std::atomic<T*> value_ = nullptr;
  Mutex mutex_;
};

}  // namespace dijitso::forking
