// Python defines the exception classes (dijitso/errors.py); they are looked up when an exception is thrown. Tested in
// tests/python/errors_test.py.

#include "exceptions.h"

#include "gil.h"
#include "values.h"

#include <dijitso/cmdline.h>
#include <dijitso/error.h>
#include <dijitso/interrupt.h>

namespace dijitso::python {
namespace {

// Messages and file names need not be UTF-8.
py::object text(const std::string& text) { return to_python(Value(text)); }

py::object path_or_none(const std::string& path) { return path.empty() ? py::object(py::none()) : text(path); }

py::dict err_info(const FailureFiles& files) {
  py::dict info;
  info["src_filename"] = path_or_none(files.src_filename);
  info["cmd_filename"] = path_or_none(files.cmd_filename);
  info["readme_filename"] = path_or_none(files.readme_filename);
  info["fail_dir"] = path_or_none(files.fail_dir);
  info["log_filename"] = path_or_none(files.log_filename);
  return info;
}

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::remark:
      return "remark";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
    case Severity::fatal:
      return "fatal error";
  }
  return "";
}

py::tuple diagnostics_of(const CompileFailed& error) {
  const auto type = py::module_::import("dijitso.errors").attr("Diagnostic");
  py::list list;
  for (const Diagnostic& d : error.diagnostics())
    list.append(type(text(d.file), d.line, d.column, name_of(d.severity), text(d.message)));
  return py::tuple(list);
}

void raise(const py::object& exception) { PyErr_SetObject(py::type::handle_of(exception).ptr(), exception.ptr()); }

// Raises the exception of a signal handler.
void raise_nested(const Interrupted& error) {
  try {
    std::rethrow_if_nested(error);
  } catch (const PythonException& raised) {
    raise(raised.value());
  }
}

// When `generate` fails in a collective jit, its exception is nested in the one that jit throws.
void set_cause(const py::object& exception, const std::exception& error) {
  try {
    std::rethrow_if_nested(error);
  } catch (const PythonException& cause) {
    PyException_SetCause(exception.ptr(), cause.value().release().ptr());
  } catch (const std::exception&) {
    // The error's text contains its text already.
  }
}

template <class... More>
void raise(const char* type, const std::exception& error, More&&... more) {
  const py::object made =
      py::module_::import("dijitso.errors").attr(type)(text(error.what()), std::forward<More>(more)...);
  set_cause(made, error);
  raise(made);
}

void translate(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const PythonException& error) {
    raise(error.value());
  } catch (const Interrupted& error) {
    raise_nested(error);
  } catch (const cmdline::UsageError& error) {
    raise("UsageError", error);
  } catch (const InvalidArgument& error) {
    raise("InvalidArgument", error);
  } catch (const GenerateFailed& error) {
    raise("GenerateFailed", error);
  } catch (const CompileFailed& error) {
    raise("CompileFailed", error, err_info(error.files()), diagnostics_of(error));
  } catch (const LinkFailed& error) {
    raise("LinkFailed", error, py::none(), to_python(Value(error.missing_symbols())));
  } catch (const CacheError& error) {
    raise("CacheError", error);
  } catch (const CommunicationError& error) {
    raise("CommunicationError", error);
  } catch (const Error& error) {
    raise("DijitsoError", error);
  }
}

}  // namespace

PythonException::PythonException(const py::error_already_set& error)
    : is_interrupt_(error.matches(PyExc_KeyboardInterrupt)) {
  const auto release = [](const Parts* parts) {
    with_gil([&] {
      Py_XDECREF(parts->value);
      Py_XDECREF(parts->traceback);
    });
    delete parts;
  };
  parts_ = std::shared_ptr<const Parts>(
      new Parts{py::object(error.value()).release().ptr(), py::object(error.trace()).release().ptr()}, release);
  text_ = error.what();
  // Only the first line, because pybind11 appends the traceback.
  text_.resize(std::min(text_.size(), text_.find('\n')));
}

py::object PythonException::value() const {
  PyException_SetTraceback(parts_->value, parts_->traceback ? parts_->traceback : Py_None);
  return py::reinterpret_borrow<py::object>(parts_->value);
}

void register_exceptions() { py::register_local_exception_translator(translate); }

}  // namespace dijitso::python
