// What our threads use is never destroyed (support/fork.h, Once; compile/process_exit.cpp), so a thread of the program
// may be anywhere in the library when the process ends. But our threads must have ended before static objects of LLVM's
// shared libraries are destroyed, and must finish what they began for the cache. Static objects that were made while a
// thread was at work are destroyed before all that were made earlier. Only thread_local objects of the thread that
// calls exit() are destroyed before static ones, so the main thread has one for this purpose. When another thread ends
// the process, a handler of atexit() finishes the threads as early as possible. Tested in
// tests/faults/process_exit_test.py.

#include "jit/build/process_end.h"

#include "support/fork.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ranges>
#include <vector>

namespace dijitso {
namespace {

struct Functions {
  forking::Mutex mutex;
  std::vector<void (*)()> all DIJITSO_GUARDED_BY(mutex);
};

Functions& functions() {
  static constinit forking::Once<Functions> one;
  return one.get();
}

std::atomic<bool> is_ending = false;

void finish_all() {
  is_ending = true;
  std::vector<void (*)()> all;
  {
    const Lock lock(functions().mutex);
    all = functions().all;
  }
  for (void (*finish)() : std::views::reverse(all)) finish();
}

struct ThreadEnds {
  ~ThreadEnds() {
    if (::gettid() == ::getpid()) finish_all();
  }
};

}  // namespace

void finish_at_process_end(void (*finish)()) {
  static thread_local ThreadEnds at_end;
  static_cast<void>(&at_end);
  const Lock lock(functions().mutex);
  if (std::ranges::count(functions().all, finish) > 0) return;
  functions().all.push_back(finish);
  std::atexit(finish_all);  // again for each: it runs before all objects made so far are destroyed
}

bool process_is_ending() { return is_ending; }

}  // namespace dijitso
