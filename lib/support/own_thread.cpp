// Uses pthreads, because std::thread cannot set a stack size. Tested in unittests/support/stack_space_test.cpp and
// unittests/compile/large_stack_test.cpp.
#include "support/own_thread.h"

#include "support/failure.h"

#include <pthread.h>

namespace dijitso {
namespace {

struct Call {
  const std::function<void()>& function;
  std::exception_ptr failure;
};

void* run(void* argument) {
  Call& call = *static_cast<Call*>(argument);
  call.failure = failure_of(std::cref(call.function));
  return nullptr;
}

}  // namespace

int call_on_own_thread(const std::function<void()>& function, std::size_t stack_bytes, void* stack) {
  Call call{function, nullptr};
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  int error = stack ? ::pthread_attr_setstack(&attributes, stack, stack_bytes)
                    : ::pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread;
  if (error == 0) error = ::pthread_create(&thread, &attributes, run, &call);
  ::pthread_attr_destroy(&attributes);
  if (error != 0) return error;
  ::pthread_join(thread, nullptr);
  if (call.failure) std::rethrow_exception(call.failure);
  return 0;
}

}  // namespace dijitso
