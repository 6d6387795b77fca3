// Locks whose use Clang checks while it compiles (-Wthread-safety; scripts/check_thread_safety.py).
//
// A member that a mutex guards is marked DIJITSO_GUARDED_BY(mutex), a function that expects the mutex locked
// DIJITSO_REQUIRES(mutex). std::lock_guard and std::mutex have no such marks in libstdc++, so Lock and PlainMutex take
// their place. For other compilers the marks are empty.
#pragma once

#include <mutex>

#ifdef __clang__
#define DIJITSO_CHECKED(mark) __attribute__((mark))
#else
#define DIJITSO_CHECKED(mark)
#endif

// Of classes: a mutex, and an object that holds one for its lifetime.
#define DIJITSO_MUTEX DIJITSO_CHECKED(capability("mutex"))
#define DIJITSO_LOCK DIJITSO_CHECKED(scoped_lockable)

// Of variables.
#define DIJITSO_GUARDED_BY(mutex) DIJITSO_CHECKED(guarded_by(mutex))

// Of functions: the caller holds the mutex; for the second, it may be one of the readers.
#define DIJITSO_REQUIRES(mutex) DIJITSO_CHECKED(requires_capability(mutex))
#define DIJITSO_REQUIRES_SHARED(mutex) DIJITSO_CHECKED(requires_shared_capability(mutex))

// Of functions: they lock or unlock the argument, or without an argument `this`.
#define DIJITSO_ACQUIRE(...) DIJITSO_CHECKED(acquire_capability(__VA_ARGS__))
#define DIJITSO_ACQUIRE_SHARED(...) DIJITSO_CHECKED(acquire_shared_capability(__VA_ARGS__))
#define DIJITSO_TRY_ACQUIRE(...) DIJITSO_CHECKED(try_acquire_capability(__VA_ARGS__))
#define DIJITSO_RELEASE(...) DIJITSO_CHECKED(release_capability(__VA_ARGS__))
#define DIJITSO_RELEASE_SHARED(...) DIJITSO_CHECKED(release_shared_capability(__VA_ARGS__))

// Of functions: they return a reference to this mutex; their use of mutexes is not checked, and a comment says why.
#define DIJITSO_RETURNS_MUTEX(mutex) DIJITSO_CHECKED(lock_returned(mutex))
#define DIJITSO_UNCHECKED DIJITSO_CHECKED(no_thread_safety_analysis)

namespace dijitso {

// For what never passes to a child of fork(); everything else uses the mutexes of support/fork.h.
class DIJITSO_MUTEX PlainMutex {
 public:
  void lock() DIJITSO_ACQUIRE() { mutex_.lock(); }
  bool try_lock() DIJITSO_TRY_ACQUIRE(true) { return mutex_.try_lock(); }
  void unlock() DIJITSO_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds the mutex as long as it exists.
template <class Mutex>
class DIJITSO_LOCK Lock {
 public:
  explicit Lock(Mutex& mutex) DIJITSO_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  // For a mutex that this thread has locked already, with try_lock().
  Lock(Mutex& mutex, std::adopt_lock_t) DIJITSO_REQUIRES(mutex) : mutex_(mutex) {}
  ~Lock() DIJITSO_RELEASE() { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

// The reverse, where a Lock holds the mutex: unlocks it, and locks it again at the end.
template <class Mutex>
class DIJITSO_LOCK Unlocked {
 public:
  explicit Unlocked(Mutex& mutex) DIJITSO_RELEASE(mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~Unlocked() DIJITSO_RELEASE() { mutex_.lock(); }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  Mutex& mutex_;
};

// Holds the mutex as one of its readers as long as it exists.
template <class Mutex>
class DIJITSO_LOCK SharedLock {
 public:
  explicit SharedLock(Mutex& mutex) DIJITSO_ACQUIRE_SHARED(mutex) : mutex_(mutex) { mutex_.lock_shared(); }
  ~SharedLock() DIJITSO_RELEASE() { mutex_.unlock_shared(); }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace dijitso
