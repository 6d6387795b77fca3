// Between Python's values and those of parameters.
//
// A parameter of `generator` may be any Python object: `generate` is handed the object itself, and the key gets a text
// that says what it is. Such a text is the same in every process; an object that can only be told by its address is
// InvalidArgument.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/params.h>

#include <string>

namespace dijitso::python {

namespace py = pybind11;

// str, or bytes as UTF-8.
std::string text_of(py::handle text);

// A value for `cache` and `build`: None, bool, int, float, text, path, or a list or tuple of texts and paths; scalars
// of numpy count as what they hold. `name` is for the error.
Value plain_value(py::handle value, const std::string& name);

// A value of `generator`: as above, or any other object by its text.
Value any_value(py::handle value, const std::string& name);

// What an object is, in one text: different for objects that differ in type or value.
std::string canonical_text(py::handle value, const std::string& name);

py::object to_python(const Value& value);
py::dict to_python(const ParamDict& dict);
py::dict to_python(const ParamsDict& dicts);

// A one-level and a two-level dictionary of Python. None is an empty dictionary of the second level.
ParamDict param_dict(py::handle dict, const std::string& category, bool any_values);
ParamsDict params_dict(py::handle dicts);

// `object` as a dict: itself, or a copy of another mapping.
py::dict as_dict(py::handle object, const std::string& name);

}  // namespace dijitso::python
