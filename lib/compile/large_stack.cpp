// std::thread has no stack size, and llvm::thread ends the process when the system has no thread to give.
// Tested in unittests/compile/large_stack_test.cpp.

#include "compile/large_stack.h"

#include <dijitso/error.h>
#include <pthread.h>

#include <cstring>
#include <exception>
#include <string>

namespace dijitso::compile {
namespace {

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

void run_on_large_stack(const std::function<void()>& function, std::size_t bytes) {
  Work work{function, nullptr};
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  int error = pthread_attr_setstacksize(&attributes, bytes);
  if (error == 0) error = pthread_create(&thread, &attributes, run, &work);
  pthread_attr_destroy(&attributes);
  if (error != 0)
    throw Error("cannot start a thread with a stack of " + std::to_string(bytes) + " bytes for the compiler: " +
                std::strerror(error) + "; raise the limits on memory and processes (ulimit -v, ulimit -u)");
  pthread_join(thread, nullptr);
  if (work.failure) std::rethrow_exception(work.failure);
}

}  // namespace dijitso::compile
