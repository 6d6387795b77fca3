// When LLVM is linked statically, the functions below replace the C++ library's operator new in the library that
// contains them (ld --wrap). Otherwise nothing calls them. Tested in
// unittests/compile/allocation_watch_test.cpp.

#include "compile/limits/allocation_watch.h"

#include <cstddef>
#include <new>
#include <utility>

namespace dijitso::compilation {
namespace {

constexpr std::uint64_t allocations_between_checks = 1024, bytes_between_checks = 4 << 20;

thread_local AllocationWatch* current = nullptr;

}  // namespace

AllocationWatch::AllocationWatch(Check check, std::uintptr_t stack_end, std::uint64_t stack_reserve)
    : check_(std::move(check)), stack_end_(stack_end), stack_reserve_(stack_reserve), before_(current) {
  current = this;
}

AllocationWatch::~AllocationWatch() { current = before_; }

void AllocationWatch::note(std::uint64_t bytes) {
  if (is_off_) return;
  const std::uint64_t stack_left = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack_end_;
  bytes_ += bytes;
  if (++allocations_ < allocations_between_checks && bytes_ < bytes_between_checks && stack_left > stack_reserve_)
    return;
  allocations_ = bytes_ = 0;
  is_off_ = true;  // the function allocates too; when it throws, the watch stays off
  check_(stack_left);
  is_off_ = false;
}

}  // namespace dijitso::compilation

#ifdef DIJITSO_STATIC_LLVM

// Not hidden, as in llvm-config/abandoned_locks.cpp.
#pragma GCC visibility push(default)

extern "C" {

void* __real__Znwm(std::size_t);
void* __real__Znam(std::size_t);
void* __real__ZnwmSt11align_val_tRKSt9nothrow_t(std::size_t, std::align_val_t, const std::nothrow_t&);

void* __wrap__Znwm(std::size_t bytes) {
  if (dijitso::compilation::current) dijitso::compilation::current->note(bytes);
  return __real__Znwm(bytes);
}

void* __wrap__Znam(std::size_t bytes) {
  if (dijitso::compilation::current) dijitso::compilation::current->note(bytes);
  return __real__Znam(bytes);
}

// Only LLVM's allocate_buffer calls this, and an exception can pass through that function.
void* __wrap__ZnwmSt11align_val_tRKSt9nothrow_t(std::size_t bytes, std::align_val_t alignment,
                                                const std::nothrow_t& nothrow) {
  if (dijitso::compilation::current) dijitso::compilation::current->note(bytes);
  return __real__ZnwmSt11align_val_tRKSt9nothrow_t(bytes, alignment, nothrow);
}

}  // extern "C"

#pragma GCC visibility pop

#endif
