// Releases and acquires Python's global lock (GIL), and handles the exit of Python while threads are in the library.
//
// When Python is ending, CPython before 3.14 ends a thread that requests the GIL by unwinding its stack. Destructors
// and `catch (...)` turn that into an abort. Here such a thread sleeps until the process has ended, as in newer
// versions. Tested in tests/python/threads_test.py.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/interrupt.h>

#include <cxxabi.h>
#include <unistd.h>

namespace dijitso::python {

namespace py = pybind11;

// Returns the result of `call`, which may need the GIL. Sleeps forever instead of unwinding the thread.
template <class Call>
auto or_sleep(const Call& call) {
  try {
    return call();
  } catch (const abi::__forced_unwind&) {
    for (;;) pause();
  }
}

// Releases the GIL as long as it exists. Construct it on a thread that holds the GIL.
class GilReleased {
 public:
  GilReleased();
  ~GilReleased();
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;

 private:
  PyThreadState* state_;
};

// Also releases the GIL, for calls that may wait long: signals are handled meanwhile, as in Python's own functions, and
// an exception of a signal handler, such as KeyboardInterrupt, ends the wait.
class GilReleasedToWait {
 public:
  GilReleasedToWait();

 private:
  GilReleased released_;
  InterruptCheck signals_;
};

// Holds the GIL as long as it exists, on any thread, also one that holds it already.
class GilHeld {
 public:
  GilHeld();
  ~GilHeld();
  GilHeld(const GilHeld&) = delete;
  GilHeld& operator=(const GilHeld&) = delete;

 private:
  bool leaves_library_;
  PyGILState_STATE state_;
};

// Runs `call`, which uses Python, with the GIL.
template <class Call>
auto with_gil(const Call& call) {
  const GilHeld gil;
  return or_sleep(call);
}

// Calls a Python function. If the thread would be ended, it sleeps here and not in a caller, because destructors in
// between would release Python objects without the GIL.
template <class... Args>
py::object call_python(const py::object& function, const Args&... args) {
  const py::tuple all = py::make_tuple(args...);
  PyObject* const result = or_sleep([&] { return PyObject_CallObject(function.ptr(), all.ptr()); });
  if (!result) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(result);
}

// Call it once, when Python imports this module. If the process exits while threads (Python's daemon threads) are in
// the library, it then exits without static destructors, which would unload the compiler and modules that these threads
// use.
void watch_python_exit();

}  // namespace dijitso::python
