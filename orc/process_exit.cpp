#include "orc/process_exit.h"

#include <cstdlib>

// Static objects register their destructors with this function. Here it replaces that of the C library for LLVM in this
// library. So static objects are never destroyed, and threads may still link while the process exits.
extern "C" int __cxa_atexit(void (* /*destroy*/)(void*), void* /*object*/, void* /*library*/) { return 0; }

namespace dijitso::orc {

int at_process_exit(void (*function)()) {
  const auto run = [](int, void* registered) { reinterpret_cast<void (*)()>(registered)(); };
  return ::on_exit(run, reinterpret_cast<void*>(function));
}

}  // namespace dijitso::orc
