// Exceptions between Python and C++, in both directions.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <memory>
#include <string>

namespace dijitso::python {

namespace py = pybind11;

// An exception of a Python callback on its way through the core. It is copied freely, may be thrown in several threads
// at once, and arrives as the same object with the traceback that it had.
class PythonException : public std::exception {
 public:
  // Called with the GIL.
  explicit PythonException(const py::error_already_set& error);
  const char* what() const noexcept override { return text_.c_str(); }
  // The exception of Python. Called with the GIL.
  py::object value() const;
  // Whether it is a KeyboardInterrupt.
  bool is_interrupt() const { return is_interrupt_; }

 private:
  struct Parts {
    PyObject* value;
    PyObject* traceback;
  };
  std::shared_ptr<const Parts> parts_;
  std::string text_;
  bool is_interrupt_;
};

// Makes exceptions of the core those of dijitso.errors.
void register_exceptions();

}  // namespace dijitso::python
