// The number of threads in the library: threads that have released the GIL, minus those that hold it for a callback.
// When Python is ending, no thread can get the GIL, so no further thread enters the library.

#include "gil.h"

#include "exceptions.h"

#include <pthread.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace dijitso::python {
namespace {

std::atomic<int> in_library = 0;

// The thread on which Python handles signals.
std::atomic<unsigned long> main_thread = 0;

void exit_if_in_library(int status, void*) {
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

void watch_python_exit() {
  // Not imported for this, because that takes longer than all other imports. Until somebody does, this thread is the
  // main thread, as it would be for `threading`.
  const py::object threading = py::module_::import("sys").attr("modules").attr("get")("threading");
  main_thread = threading.is_none() ? PyThread_get_thread_ident()
                                    : threading.attr("main_thread")().attr("ident").cast<unsigned long>();
  pthread_atfork(nullptr, nullptr, [] {  // a forked child has only the thread that forked
    in_library = 0;
    main_thread = PyThread_get_thread_ident();
  });
  // Registered when Python begins to exit, so that it runs before all destructors.
  const py::cpp_function python_ends([] { on_exit(exit_if_in_library, nullptr); });
  py::module_::import("atexit").attr("register")(python_ends);
}

}  // namespace dijitso::python
