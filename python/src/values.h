// Converts between Python values and parameter values.
//
// A parameter of `generator` may be any Python object: `generate` gets the object itself, and the key contains a text
// that describes it. That text is the same in every process; an object that can only be identified by its address is an
// InvalidArgument.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/params.h>

#include <string>

namespace dijitso::python {

namespace py = pybind11;

// Converts str, or bytes in UTF-8.
std::string text_of(py::handle text);

// Converts a value for `cache` or `build`: None, bool, int, float, text, path, or a list or tuple of texts and paths;
// scalars of numpy count as Python values. `name` is for error messages.
Value plain_value(py::handle value, const std::string& name);

// Converts a value of `generator`: like plain_value(), or the text that describes any other object.
Value any_value(py::handle value, const std::string& name);

// A text that describes an object: different for objects with different types or values.
std::string canonical_text(py::handle value, const std::string& name);

py::object to_python(const Value& value);
py::dict to_python(const ParamDict& dict);
py::dict to_python(const ParamsDict& dicts);

// Converts a one-level or a two-level dictionary. None is an empty dictionary of the second level.
ParamDict param_dict(py::handle dict, const std::string& category, bool any_values);
ParamsDict params_dict(py::handle dicts);

// Returns `object` as a dict: the object itself, or a copy of another mapping.
py::dict as_dict(py::handle object, const std::string& name);

}  // namespace dijitso::python
