// fork() while other threads are in the library.
//
// A child has one thread, and memory as it was when all others stopped in the middle of what they did. Two rules let it
// use the library at once:
//   - What is changed in a moment is changed in a Section. fork() waits until no other thread is in one, so a child
//     never sees half of a change; a Mutex is locked in a Section, so it is free in a child.
//   - What takes long (a compile, a link with lld, `generate`, static constructors, and waiting for any of them) is
//     never waited for. Its state says which thread or which process works on it, and a child that finds that these
//     were left behind begins anew.
// In a Section no thread waits for one that is in none, and no code of the program runs: a handler of messages may want
// a lock that the forking thread holds. Opening a shared library is a Section although its constructors are such code;
// because of them fork() does not wait longer than ten seconds.
// Not meant are children of vfork(), posix_spawn() and clone(), which only call exec: no handlers run for them.
// Thread-safety: everything here may be used by any thread. Tested in unittests/support/fork_test.cpp and
// tests/faults/fork_test.py.
#pragma once

#include <dijitso/export.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace dijitso::forking {

// How many calls of fork() lie between the first process of the program and this one.
extern DIJITSO_API std::atomic<std::uint64_t> generation_count;
inline std::uint64_t generation() { return generation_count.load(std::memory_order_acquire); }

// A number of this thread that no other thread of the program gets, and that it keeps in a child. 0 is nobody's.
using ThreadNumber = std::uint64_t;
DIJITSO_API ThreadNumber this_thread() noexcept;

// Whether that thread was one of an ancestor of this process and did not come along.
DIJITSO_API bool was_left_behind(ThreadNumber thread) noexcept;

// Calls the function in every child, before fork() returns there. For a few functions that live as long as the process.
void call_in_child(void (*function)()) noexcept;

// Sections of one thread may lie in each other.
DIJITSO_API void enter_section() noexcept;
DIJITSO_API void leave_section() noexcept;

class Section {
 public:
  Section() noexcept { enter_section(); }
  ~Section() { leave_section(); }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
};

// Held for moments.
class Mutex {
 public:
  void lock() {
    enter_section();
    mutex_.lock();
  }
  void unlock() {
    mutex_.unlock();
    leave_section();
  }

 private:
  std::mutex mutex_;
};

// Held for moments. Who only reads enters no Section, which would cost: a child does without the mutex that it finds
// locked by readers, for they change nothing.
class SharedMutex {
 public:
  void lock() {
    enter_section();
    renew_in_child();
    mutex_.lock();
  }
  void unlock() {
    mutex_.unlock();
    leave_section();
  }
  void lock_shared() {
    renew_in_child();
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  void renew_in_child() {
    if (generation_.load(std::memory_order_acquire) != generation()) renew();
  }
  void renew();

  std::shared_mutex mutex_;
  std::atomic<std::uint64_t> generation_ = generation();
};

// Held as long as it takes. A thread may lock it several times; in a child it is free unless the thread that forked has
// it, which then still has it.
class DIJITSO_API LongMutex {
 public:
  void lock() noexcept;
  void unlock() noexcept;

 private:
  std::atomic<ThreadNumber> owner_ = 0;
  std::size_t depth_ = 0;  // of the owner
};

// What is made at its first use and never destroyed, since threads may use it while the process ends. A static variable
// that is initialised when control comes to it would be locked for ever in a child born at that moment.
template <class T>
class Once {
 public:
  template <class Make>
  T& get(const Make& make) {
    T* value = value_.load(std::memory_order_acquire);
    if (!value) {
      const std::lock_guard lock(mutex_);
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
