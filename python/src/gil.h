// Python's global lock, let go and taken, and the end of Python while threads are still in the library.
//
// CPython before 3.14 ends a thread that wants the lock then by unwinding its stack, which destructors and `catch
// (...)` turn into an abort. Here such a thread sleeps until the process has ended, as in newer versions. Tested in
// tests/python/threads_test.py.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/interrupt.h>

#include <cxxabi.h>
#include <unistd.h>

namespace dijitso::python {

namespace py = pybind11;

// What `call`, which may need the lock, returns.
template <class Call>
auto or_sleep(const Call& call) {
  try {
    return call();
  } catch (const abi::__forced_unwind&) {
    for (;;) pause();
  }
}

// Lets other threads of Python run while it lives. Made by a thread that has the lock.
class GilReleased {
 public:
  GilReleased();
  ~GilReleased();
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;

 private:
  PyThreadState* state_;
};

// The same for calls in which the library may wait for long: signals are handled meanwhile, as in Python's own
// functions, and what a handler raises, as KeyboardInterrupt, ends the wait.
class GilReleasedToWait {
 public:
  GilReleasedToWait();

 private:
  GilReleased released_;
  InterruptCheck signals_;
};

// Has the lock while it lives; on any thread, also one that has it already.
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

// Runs `call`, which is of Python, with the lock.
template <class Call>
auto with_gil(const Call& call) {
  const GilHeld gil;
  return or_sleep(call);
}

// What `function` returns. It sleeps in here where its thread would be ended, not further out: destructors on the way
// would let go of objects of Python without the lock.
template <class... Args>
py::object call_python(const py::object& function, const Args&... args) {
  const py::tuple all = py::make_tuple(args...);
  PyObject* const result = or_sleep([&] { return PyObject_CallObject(function.ptr(), all.ptr()); });
  if (!result) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(result);
}

// Called once, when Python imports this. From now on, when Python and then the process ends while threads (daemons of
// Python) are in the library, the process ends at once: static destructors would pull the compiler and the code of
// modules away from under these threads.
void watch_the_end();

}  // namespace dijitso::python
