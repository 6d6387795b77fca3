#include "orc/process_exit.h"

#include <cstdlib>

// Static objects register their destructors with this function; here it stands before that of the C library, for all
// of LLVM in this library too. So they are never destroyed, and threads may be linking while the process ends.
extern "C" int __cxa_atexit(void (* /*destroy*/)(void*), void* /*object*/, void* /*library*/) { return 0; }

namespace dijitso::orc {

int at_process_exit(void (*function)()) {
  const auto run = [](int, void* registered) { reinterpret_cast<void (*)()>(registered)(); };
  return ::on_exit(run, reinterpret_cast<void*>(function));
}

}  // namespace dijitso::orc
