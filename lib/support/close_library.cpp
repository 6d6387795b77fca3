// No function of glibc gives back the stacks of threads that have ended. It keeps up to 40 MB of them, and when there
// are more it unmaps those first that have been there longest, until there are less: so one thread with a larger stack,
// which takes no memory as nobody writes to it, drives out all others and then itself.

#include "support/close_library.h"

#include "support/fork.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/stat.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace dijitso {
namespace {

constexpr std::size_t larger_than_all = 64 << 20;

// The process that has no stacks of its parent's threads. The first has no parent.
std::atomic<std::uint64_t> clean_generation = 0;

bool is_only_thread() {
  struct stat threads;
  return ::stat("/proc/self/task", &threads) == 0 && threads.st_nlink == 2 + 1;
}

bool drive_out_stacks() {
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return false;
  pthread_t thread;
  const auto nothing = [](void*) -> void* { return nullptr; };
  const bool has_run = ::pthread_attr_setstacksize(&attributes, larger_than_all) == 0 &&
                       ::pthread_create(&thread, &attributes, nothing, nullptr) == 0 &&
                       ::pthread_join(thread, nullptr) == 0;
  ::pthread_attr_destroy(&attributes);
  return has_run;
}

void begin_clean() {
  if (is_only_thread() && drive_out_stacks()) clean_generation = forking::generation();
}

bool is_clean() { return clean_generation == forking::generation(); }

}  // namespace

bool may_close_libraries() {
  if (is_clean()) return true;
  static constinit forking::Mutex mutex;
  const std::lock_guard lock(mutex);
  if (!is_clean()) begin_clean();
  return is_clean();
}

void close_library(void* handle) {
  if (may_close_libraries()) dlclose(handle);
}

void prepare_to_close_libraries() {
  static std::atomic<bool> is_prepared = false;
  if (!is_prepared.exchange(true)) forking::call_in_child(begin_clean);
  may_close_libraries();
}

}  // namespace dijitso
