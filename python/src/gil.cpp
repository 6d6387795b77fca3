// How many threads are in the library is a number: those that let go of the lock, less those that have it for a
// callback. Once Python is ending nobody gets the lock, hence nobody new comes in.

#include "gil.h"

#include "exceptions.h"

#include <pthread.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace dijitso::python {
namespace {

std::atomic<int> in_library = 0;

// The thread that handles signals.
std::atomic<unsigned long> main_thread = 0;

void end_at_once(int status, void*) {
  if (in_library == 0) return;
  std::fflush(nullptr);
  _exit(status);
}

void handle_signals() {
  with_gil([] {
    if (PyErr_CheckSignals() != 0) throw PythonException(py::error_already_set());
  });
}

std::function<void()> check_of_this_thread() {
  return PyThread_get_thread_ident() == main_thread ? handle_signals : std::function<void()>();
}

}  // namespace

GilReleased::GilReleased() : state_(PyEval_SaveThread()) { ++in_library; }

GilReleased::~GilReleased() {
  --in_library;
  or_sleep([this] { PyEval_RestoreThread(state_); });
}

GilReleasedToWait::GilReleasedToWait() : signals_(check_of_this_thread()) {}

GilHeld::GilHeld() : leaves_library_(!PyGILState_Check()) {
  if (leaves_library_) --in_library;
  state_ = or_sleep([] { return PyGILState_Ensure(); });
}

GilHeld::~GilHeld() {
  if (leaves_library_) ++in_library;
  PyGILState_Release(state_);
}

void watch_the_end() {
  main_thread = py::module_::import("threading").attr("main_thread")().attr("ident").cast<unsigned long>();
  pthread_atfork(nullptr, nullptr, [] {  // a child has only the thread that forked
    in_library = 0;
    main_thread = PyThread_get_thread_ident();
  });
  // Registered when Python begins to end, so that it runs before all destructors.
  const py::cpp_function python_ends([] { on_exit(end_at_once, nullptr); });
  py::module_::import("atexit").attr("register")(python_ends);
}

}  // namespace dijitso::python
