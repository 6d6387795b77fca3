// glibc has no function that frees the stacks of threads that have ended. It caches up to 40 MB of them; above that it
// unmaps the oldest first. So a single thread with a larger stack, which costs no memory because nobody writes to it,
// evicts all others and then itself.

#include "support/close_library.h"

#include "support/fork.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/stat.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace dijitso {
namespace {

constexpr std::size_t larger_than_all = 64 << 20;

// The fork generation of this process when it has no cached stacks of its parent's threads. The first process has no
// parent.
std::atomic<std::uint64_t> clean_generation = 0;

bool is_only_thread() {
  struct stat threads;
  return ::stat("/proc/self/task", &threads) == 0 && threads.st_nlink == 2 + 1;
}

bool evict_stacks() {
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

void clean_stacks() {
  if (is_only_thread() && evict_stacks()) clean_generation = forking::generation();
}

bool is_clean() { return clean_generation == forking::generation(); }

}  // namespace

bool may_close_libraries() {
  if (is_clean()) return true;
  static constinit forking::Mutex mutex;
  const Lock lock(mutex);
  if (!is_clean()) clean_stacks();
  return is_clean();
}

void close_library(void* handle) {
  if (may_close_libraries()) dlclose(handle);
}

void prepare_to_close_libraries() {
  static std::atomic<bool> is_prepared = false;
  if (!is_prepared.exchange(true)) forking::call_in_child(clean_stacks);
  may_close_libraries();
}

}  // namespace dijitso
