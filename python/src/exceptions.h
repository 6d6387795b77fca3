// Converts exceptions between Python and C++.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <memory>
#include <string>

namespace dijitso::python {

namespace py = pybind11;

// Carries an exception of a Python callback through the core. It can be copied, may be thrown in several threads at
// once, and is converted back to the same Python object with its traceback.
class PythonException : public std::exception {
 public:
  // Call it with the GIL.
  explicit PythonException(const py::error_already_set& error);
  const char* what() const noexcept override { return text_.c_str(); }
  // The Python exception. Call it with the GIL.
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

// Registers the conversion of C++ exceptions to those of dijitso.errors.
void register_exceptions();

}  // namespace dijitso::python
