// In the whole library that links this file, the linker replaces the lock functions of the C and C++ libraries by the
// functions below (ld --wrap). They record for each thread which locks it holds, up to a fixed number that no thread
// reaches.

#include "llvm-config/abandoned_locks.h"

#include <pthread.h>

#include <array>
#include <cstdint>

extern "C" {
int __real_pthread_mutex_lock(pthread_mutex_t*);
int __real_pthread_mutex_trylock(pthread_mutex_t*);
int __real_pthread_mutex_unlock(pthread_mutex_t*);
int __real_pthread_rwlock_rdlock(pthread_rwlock_t*);
int __real_pthread_rwlock_wrlock(pthread_rwlock_t*);
int __real_pthread_rwlock_unlock(pthread_rwlock_t*);
int __real___cxa_guard_acquire(std::uint64_t*);
void __real___cxa_guard_release(std::uint64_t*);
void __real___cxa_guard_abort(std::uint64_t*);
}

namespace dijitso::llvm_config {
namespace {

enum class Kind { mutex, rwlock, guard };

struct Lock {
  Kind kind;
  void* address;
};

struct Held {
  std::array<Lock, 64> locks;
  std::size_t count;
};

thread_local Held held;

int note(int error, Kind kind, void* address) {
  if (error == 0 && held.count < held.locks.size()) held.locks[held.count++] = {kind, address};
  return error;
}

// Removes the most recent record of this lock, which may be recursive.
void forget(const void* address) {
  for (std::size_t i = held.count; i-- > 0;)
    if (held.locks[i].address == address) {
      for (--held.count; i < held.count; ++i) held.locks[i] = held.locks[i + 1];
      return;
    }
}

void unlock(const Lock& lock) {
  switch (lock.kind) {
    case Kind::mutex:
      __real_pthread_mutex_unlock(static_cast<pthread_mutex_t*>(lock.address));
      break;
    case Kind::rwlock:
      __real_pthread_rwlock_unlock(static_cast<pthread_rwlock_t*>(lock.address));
      break;
    case Kind::guard:
      __real___cxa_guard_abort(static_cast<std::uint64_t*>(lock.address));
      break;
  }
}

}  // namespace

AbandonedLocks::AbandonedLocks() : held_(held.count) {}

AbandonedLocks::~AbandonedLocks() {
  if (std::uncaught_exceptions() == exceptions_) return;
  while (held.count > held_) unlock(held.locks[--held.count]);
}

}  // namespace dijitso::llvm_config

// Not hidden, because the linker redirects calls from a sanitizer's library to these functions too. The exports.map of
// each library hides them.
#pragma GCC visibility push(default)

extern "C" {

using namespace dijitso::llvm_config;

int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
  return note(__real_pthread_mutex_lock(mutex), Kind::mutex, mutex);
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t* mutex) {
  return note(__real_pthread_mutex_trylock(mutex), Kind::mutex, mutex);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t* mutex) {
  forget(mutex);
  return __real_pthread_mutex_unlock(mutex);
}

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  return note(__real_pthread_rwlock_rdlock(lock), Kind::rwlock, lock);
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  return note(__real_pthread_rwlock_wrlock(lock), Kind::rwlock, lock);
}

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t* lock) {
  forget(lock);
  return __real_pthread_rwlock_unlock(lock);
}

int __wrap___cxa_guard_acquire(std::uint64_t* guard) {
  const int is_mine = __real___cxa_guard_acquire(guard);
  if (is_mine) note(0, Kind::guard, guard);
  return is_mine;
}

void __wrap___cxa_guard_release(std::uint64_t* guard) {
  forget(guard);
  __real___cxa_guard_release(guard);
}

void __wrap___cxa_guard_abort(std::uint64_t* guard) {
  forget(guard);
  __real___cxa_guard_abort(guard);
}

}  // extern "C"

#pragma GCC visibility pop
