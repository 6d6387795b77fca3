// Locks that an exception leaves locked when it passes through LLVM, which is built without exceptions: mutexes, and
// the guards of static variables that were just being initialised. Whoever comes next would wait for ever. Tested in
// tests/faults/memory_test.py.
#pragma once

#include <cstddef>
#include <exception>

namespace dijitso::llvm_config {

// Stands around all calls of LLVM on a thread. Left by an exception, it unlocks what the thread has locked within it
// and not unlocked; what code with exceptions had locked is unlocked by then.
class AbandonedLocks {
 public:
  AbandonedLocks();
  ~AbandonedLocks();
  AbandonedLocks(const AbandonedLocks&) = delete;
  AbandonedLocks& operator=(const AbandonedLocks&) = delete;

 private:
  const int exceptions_ = std::uncaught_exceptions();
  const std::size_t held_;
};

}  // namespace dijitso::llvm_config
