// How many threads are in the library is a number: those that let go of the lock, less those that have it for a
// callback. Once Python is ending nobody gets the lock, hence nobody new comes in.

#include "gil.h"

#include <pthread.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace dijitso::python {
namespace {

std::atomic<int> in_library = 0;

void end_at_once(int status, void*) {
  if (in_library == 0) return;
  std::fflush(nullptr);
  _exit(status);
}

}  // namespace

GilReleased::GilReleased() : state_(PyEval_SaveThread()) { ++in_library; }

GilReleased::~GilReleased() {
  --in_library;
  or_sleep([this] { PyEval_RestoreThread(state_); });
}

GilHeld::GilHeld() : leaves_library_(!PyGILState_Check()) {
  if (leaves_library_) --in_library;
  state_ = or_sleep([] { return PyGILState_Ensure(); });
}

GilHeld::~GilHeld() {
  if (leaves_library_) ++in_library;
  PyGILState_Release(state_);
}

void watch_the_end() {
  pthread_atfork(nullptr, nullptr, [] { in_library = 0; });  // a child has only the thread that forked
  // Registered when Python begins to end, so that it runs before all destructors.
  const py::cpp_function python_ends([] { on_exit(end_at_once, nullptr); });
  py::module_::import("atexit").attr("register")(python_ends);
}

}  // namespace dijitso::python
