// Debian's LLVM and libstdc++ refer to two functions that systems of 2021 (glibc 2.34, libstdc++ of GCC 11) do not
// have. They are defined here, hidden, in the libraries that use them, which need nothing newer then.
// scripts/check_needs.py checks that. Tested in unittests/llvm-config/older_systems_test.cpp.

#include <pthread.h>
#include <sys/random.h>

#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <mutex>

#pragma GCC visibility push(hidden)

// glibc 2.36. LLVM makes names of temporary files from it.
extern "C" std::uint32_t arc4random() {
  std::uint32_t number = 0;
  if (::getrandom(&number, sizeof number, 0) == sizeof number) return number;
  std::timespec now{};  // a filter refuses the call: numbers that differ are enough
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint32_t>(now.tv_nsec) * 2654435761U;
}

#ifdef __GLIBCXX__
// std::condition_variable::wait. GCC 12 has given it a new version, because it is not noexcept any more.
void wait(std::condition_variable& condition,
          std::unique_lock<std::mutex>& lock) asm("_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE");
void wait(std::condition_variable& condition, std::unique_lock<std::mutex>& lock) {
  ::pthread_cond_wait(condition.native_handle(), lock.mutex()->native_handle());
}
#endif

#pragma GCC visibility pop
