// Each thread determines the bounds of its stack once. A stack that is not the thread's own (a fiber's) has unknown
// bounds and counts as small. For the main thread pthread_getattr_np() would read all of /proc/self/maps, which may be
// long, so its bounds are computed from the initial stack pointer and the stack limit. Tested in
// unittests/support/stack_space_test.cpp.
#include "support/stack_space.h"

#include "support/own_thread.h"

#include <dijitso/error.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>

extern "C" void* __libc_stack_end;  // defined by the dynamic loader

namespace dijitso {
namespace {

constexpr std::size_t large_stack = std::size_t{8} << 20;

struct Bounds {
  std::uintptr_t begin = 0, end = 0;
};

// The bounds of the main thread's stack, but at most `most` bytes, because other mappings may be below that.
Bounds bounds_of_main_stack() {
  constexpr rlim_t most = rlim_t{64} << 20;
  rlimit limit{};
  if (::getrlimit(RLIMIT_STACK, &limit) != 0) return {};
  const auto end = reinterpret_cast<std::uintptr_t>(__libc_stack_end);
  return {end - std::min(limit.rlim_cur, most), end};
}

Bounds bounds_of_this_thread() {
  const Bounds main = bounds_of_main_stack();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (here > main.begin && here <= main.end) return main;
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return {};
  void* begin = nullptr;
  std::size_t size = 0;
  ::pthread_attr_getstack(&attributes, &begin, &size);
  ::pthread_attr_destroy(&attributes);
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  return {address, address + size};
}

bool is_enough_left() {
  thread_local const Bounds bounds = bounds_of_this_thread();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return here > bounds.begin && here <= bounds.end && here - bounds.begin >= enough_stack;
}

}  // namespace

void with_enough_stack(const std::function<void()>& function) {
  if (is_enough_left()) return function();
  if (const int error = call_on_own_thread(function, large_stack))
    throw Error("the stack of this thread is too small, and a thread with a larger stack cannot be started: " +
                std::generic_category().message(error) +
                "; give threads that call jit a stack of 256 KB, or raise the limits ulimit -u and ulimit -v");
}

}  // namespace dijitso
