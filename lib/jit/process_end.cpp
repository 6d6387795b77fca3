// A process that ends destroys its static objects, in the opposite order of their making; those of Clang's that were
// made while a thread was at work go before anything that was made earlier. A thread that goes on then reads what is
// not there any more: it ran for ever in a set of strings, or found no entry in a table. So threads must have ended
// before, and one thing comes before: objects of the thread that calls exit(). The main thread has one for this. When
// another thread ends the process, threads are finished among the static objects, as early as may be. Tested in
// tests/faults/process_exit_test.py.

#include "jit/process_end.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <ranges>
#include <vector>

namespace dijitso {
namespace {

struct Functions {
  std::mutex mutex;
  std::vector<void (*)()> all;
};

// Never destroyed.
Functions& functions() {
  static Functions& one = *new Functions;
  return one;
}

void finish_all() {
  std::vector<void (*)()> all;
  {
    const std::lock_guard lock(functions().mutex);
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
  {
    const std::lock_guard lock(functions().mutex);
    if (std::ranges::count(functions().all, finish) == 0) functions().all.push_back(finish);
  }
  static thread_local ThreadEnds at_end;
  static_cast<void>(&at_end);
  std::atexit(finish_all);  // each time: it runs before what was made until now is destroyed
}

}  // namespace dijitso
