// The bounds of a stack are asked for once in each thread. A stack that is not the thread's own (a fiber's) has unknown
// bounds and counts as small. Tested in unittests/support/stack_space_test.cpp.
#include "support/stack_space.h"

#include <dijitso/error.h>
#include <pthread.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <string>

namespace dijitso {
namespace {

constexpr std::size_t large_stack = std::size_t{8} << 20;

struct Bounds {
  std::uintptr_t begin = 0, end = 0;
};

Bounds bounds_of_this_thread() {
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

struct Work {
  const std::function<void()>& function;
  std::exception_ptr failure;
};

void* run(void* argument) {
  Work& work = *static_cast<Work*>(argument);
  try {
    work.function();
  } catch (...) {
    work.failure = std::current_exception();
  }
  return nullptr;
}

}  // namespace

void with_enough_stack(const std::function<void()>& function) {
  if (is_enough_left()) return function();
  Work work{function, nullptr};
  pthread_t thread;
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  int error = ::pthread_attr_setstacksize(&attributes, large_stack);
  if (error == 0) error = ::pthread_create(&thread, &attributes, run, &work);
  ::pthread_attr_destroy(&attributes);
  if (error != 0)
    throw Error(std::string("this thread has too small a stack, and none with a larger one can be started: ") +
                std::strerror(error) + "; give threads that call jit 256 KB, or raise ulimit -u and ulimit -v");
  ::pthread_join(thread, nullptr);
  if (work.failure) std::rethrow_exception(work.failure);
}

}  // namespace dijitso
