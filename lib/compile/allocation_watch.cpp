// The linker lets the functions below stand for the C++ library's operator new in all of the library that they are
// linked into (ld --wrap), where LLVM is linked statically; elsewhere nothing calls them. Tested in
// unittests/compile/allocation_watch_test.cpp.

#include "compile/allocation_watch.h"

#include <cstddef>
#include <new>
#include <utility>

namespace dijitso::compile {
namespace {

constexpr std::uint64_t allocations_between_looks = 1024, bytes_between_looks = 4 << 20;

thread_local AllocationWatch* here = nullptr;

}  // namespace

AllocationWatch::AllocationWatch(Look look, std::uintptr_t stack_end, std::uint64_t stack_reserve)
    : look_(std::move(look)), stack_end_(stack_end), stack_reserve_(stack_reserve), before_(here) {
  here = this;
}

AllocationWatch::~AllocationWatch() { here = before_; }

void AllocationWatch::note(std::uint64_t bytes) {
  if (is_off_) return;
  const std::uint64_t stack_left = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack_end_;
  bytes_ += bytes;
  if (++allocations_ < allocations_between_looks && bytes_ < bytes_between_looks && stack_left > stack_reserve_) return;
  allocations_ = bytes_ = 0;
  is_off_ = true;  // it allocates too; and it stays so when it throws
  look_(stack_left);
  is_off_ = false;
}

}  // namespace dijitso::compile

#ifdef DIJITSO_STATIC_LLVM

// Not hidden, as in llvm-config/abandoned_locks.cpp.
#pragma GCC visibility push(default)

extern "C" {

void* __real__Znwm(std::size_t);
void* __real__Znam(std::size_t);
void* __real__ZnwmSt11align_val_tRKSt9nothrow_t(std::size_t, std::align_val_t, const std::nothrow_t&);

void* __wrap__Znwm(std::size_t bytes) {
  if (dijitso::compile::here) dijitso::compile::here->note(bytes);
  return __real__Znwm(bytes);
}

void* __wrap__Znam(std::size_t bytes) {
  if (dijitso::compile::here) dijitso::compile::here->note(bytes);
  return __real__Znam(bytes);
}

// Nobody but LLVM's allocate_buffer uses it, which an exception can pass through.
void* __wrap__ZnwmSt11align_val_tRKSt9nothrow_t(std::size_t bytes, std::align_val_t alignment,
                                                const std::nothrow_t& nothrow) {
  if (dijitso::compile::here) dijitso::compile::here->note(bytes);
  return __real__ZnwmSt11align_val_tRKSt9nothrow_t(bytes, alignment, nothrow);
}

}  // extern "C"

#pragma GCC visibility pop

#endif
