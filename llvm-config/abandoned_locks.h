// Releases locks that stay locked when an exception passes through LLVM, which is built without exceptions: mutexes,
// and the guards of static variables that were being initialised. The next thread would wait for them for ever. Tested
// in tests/faults/memory_test.py.
#pragma once

#include <cstddef>
#include <exception>

namespace dijitso::llvm_config {

// Must enclose all calls of LLVM on a thread. When an exception leaves the scope, the destructor unlocks the locks that
// the thread took in it and did not release. Locks of code with exceptions are released by then.
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
