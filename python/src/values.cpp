// The core represents a tuple of texts as a list of texts. Other containers are represented by a text that
// distinguishes them. Tested in tests/python/params_test.py.

#include "values.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace dijitso::python {
namespace {

// The first item of a list that represents a value of another kind. A tuple of texts that begins with this item is
// represented by a text too, so different values never have the same representation.
constexpr const char* other_kind = "python value";

constexpr int deepest = 64;

std::string type_name_of(py::handle value) { return text_of(py::type::handle_of(value).attr("__qualname__")); }

bool is_tuple_or_list(py::handle value) { return PyTuple_CheckExact(value.ptr()) || PyList_CheckExact(value.ptr()); }

bool is_texts(py::handle list) {
  return is_tuple_or_list(list) && std::ranges::all_of(list, [](auto item) { return py::isinstance<py::str>(item); });
}

// Converts a text or a path.
std::optional<std::string> text_or_path(py::handle value) {
  if (py::isinstance<py::str>(value) || PyBytes_Check(value.ptr())) return text_of(value);
  if (py::hasattr(value, "__fspath__")) return text_of(value.attr("__fspath__")());
  return std::nullopt;
}

std::optional<std::vector<std::string>> texts_or_paths(py::handle list) {
  if (!is_tuple_or_list(list)) return std::nullopt;
  std::vector<std::string> texts;
  for (const py::handle item : list) {
    std::optional<std::string> text = text_or_path(item);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

// Whether the value is of this class of numpy. Does not import numpy.
bool is_of_numpy(py::handle value, const char* type) {
  const auto modules = py::module_::import("sys").attr("modules");
  return modules.contains("numpy") && py::isinstance(value, modules["numpy"].attr(type));
}

// Converts scalars of numpy to Python's own types.
py::object without_numpy(py::handle value) {
  return is_of_numpy(value, "generic") ? value.attr("item")() : py::reinterpret_borrow<py::object>(value);
}

// Converts None, booleans, numbers and texts; returns false for other values.
bool simple_value(py::handle value, Value& result) {
  if (value.is_none()) {
    result = Value();
  } else if (py::isinstance<py::bool_>(value)) {
    result = value.ptr() == Py_True;
  } else if (PyLong_Check(value.ptr())) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow) return false;
    result = static_cast<std::int64_t>(number);
  } else if (PyFloat_Check(value.ptr())) {
    result = PyFloat_AS_DOUBLE(value.ptr());
  } else if (py::isinstance<py::str>(value)) {
    result = text_of(value);
  } else {
    return false;
  }
  return true;
}

std::string counted(const std::string& text) { return std::to_string(text.size()) + ":" + text; }

// Writes the text of an object. `depth` detects containers that contain themselves.
class Writer {
 public:
  explicit Writer(const std::string& name) : name_(name) {}

  std::string write(py::handle value, int depth = 0) const {
    if (depth > deepest)
      throw InvalidArgument("parameter '" + name_ + "' is nested more than " + std::to_string(deepest) +
                            " levels deep, or contains itself: give a flatter value");
    const py::object plain = without_numpy(value);
    PyObject* const object = plain.ptr();
    if (PyTuple_CheckExact(object)) return items("tuple", plain, depth, false);
    if (PyList_CheckExact(object)) return items("list", plain, depth, false);
    if (PySet_CheckExact(object)) return items("set", plain, depth, true);
    if (PyFrozenSet_CheckExact(object)) return items("frozenset", plain, depth, true);
    if (PyDict_CheckExact(object)) return items("dict", plain.attr("items")(), depth, true);
    if (is_of_numpy(plain, "ndarray")) return array(plain, depth);
    return of_repr(plain);
  }

 private:
  // The repr of an array omits items and digits.
  std::string array(const py::object& value, int depth) const {
    return "array " + counted(type_name_of(value)) + " " + counted(text_of(py::str(value.attr("dtype")))) + " " +
           counted(text_of(py::str(value.attr("shape")))) + " " + write(value.attr("tolist")(), depth + 1);
  }

  std::string items(const char* kind, const py::object& container, int depth, bool unordered) const {
    std::vector<std::string> texts;
    for (const py::handle item : container) texts.push_back(write(item, depth + 1));
    if (unordered) std::ranges::sort(texts);
    std::string all = std::string(kind) + " " + std::to_string(texts.size());
    for (const std::string& text : texts) all += " " + counted(text);
    return all;
  }

  std::string of_repr(const py::object& value) const {
    std::string text = text_of(py::repr(value));
    const auto address = py::module_::import("re").attr("search")(R"(\bat 0x[0-9a-fA-F]+)", text);
    if (!address.is_none() && !PyUnicode_Check(value.ptr()) && !PyBytes_Check(value.ptr()))
      throw InvalidArgument("parameter '" + name_ + "' is an object of type " + type_name_of(value) +
                            " that can only be identified by its address, " + text +
                            ": give its class a __repr__ that shows its value, or pass the value itself");
    // The module name distinguishes types with the same name.
    const std::string module = text_of(py::str(py::type::handle_of(value).attr("__module__")));
    return "object " + counted(module + "." + type_name_of(value)) + " " + counted(text);
  }

  const std::string& name_;
};

}  // namespace

std::string text_of(py::handle text) {
  if (PyBytes_Check(text.ptr())) return py::reinterpret_borrow<py::bytes>(text);
  // Keeps file names that are not UTF-8 unchanged.
  const auto bytes =
      py::reinterpret_steal<py::bytes>(PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogateescape"));
  if (!bytes) throw py::error_already_set();
  return bytes;
}

Value plain_value(py::handle value, const std::string& name) {
  const py::object plain = without_numpy(value);
  Value result;
  if (simple_value(plain, result)) return result;
  if (const auto text = text_or_path(plain)) return *text;
  if (const auto texts = texts_or_paths(plain)) return *texts;
  throw InvalidArgument("parameter '" + name + "' cannot be a value of type " + type_name_of(plain) + ", " +
                        text_of(py::repr(plain)) + ": give a text, a number, True or False, or a tuple of texts");
}

Value any_value(py::handle value, const std::string& name) {
  const py::object plain = without_numpy(value);
  Value result;
  if (simple_value(plain, result)) {
    const auto* real = std::get_if<double>(&result);
    // Comparing numbers cannot handle these: NaN differs from itself, and -0.0 equals 0.0.
    const bool is_odd = real && (std::isnan(*real) || (*real == 0 && std::signbit(*real)));
    return is_odd ? Value(std::vector<std::string>{other_kind, canonical_text(plain, name)}) : result;
  }
  if (PyTuple_CheckExact(plain.ptr()) && is_texts(plain)) {
    std::vector<std::string> texts = *texts_or_paths(plain);
    if (texts.empty() || texts.front() != other_kind) return texts;
  }
  return std::vector<std::string>{other_kind, canonical_text(plain, name)};
}

std::string canonical_text(py::handle value, const std::string& name) { return Writer(name).write(value); }

py::object to_python(const Value& value) {
  struct ToPython {
    py::object operator()(std::monostate) const { return py::none(); }
    py::object operator()(bool flag) const { return py::bool_(flag); }
    py::object operator()(std::int64_t number) const { return py::int_(number); }
    py::object operator()(double number) const { return py::float_(number); }
    py::object operator()(const std::string& text) const {
      return py::reinterpret_steal<py::object>(
          PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape"));
    }
    py::object operator()(const std::vector<std::string>& texts) const {
      py::tuple tuple(texts.size());
      for (std::size_t i = 0; i < texts.size(); ++i) tuple[i] = (*this)(texts[i]);
      return tuple;
    }
  };
  return std::visit(ToPython{}, value);
}

py::dict to_python(const ParamDict& dict) {
  py::dict result;
  for (const auto& [name, value] : dict) result[py::str(name)] = to_python(value);
  return result;
}

py::dict to_python(const ParamsDict& dicts) {
  py::dict result;
  for (const auto& [category, dict] : dicts) result[py::str(category)] = to_python(dict);
  return result;
}

py::dict as_dict(py::handle object, const std::string& name) {
  if (PyDict_CheckExact(object.ptr())) return py::reinterpret_borrow<py::dict>(object);
  if (PyDict_Check(object.ptr()) || py::hasattr(object, "keys"))
    return py::reinterpret_steal<py::dict>(
        PyObject_CallOneArg(reinterpret_cast<PyObject*>(&PyDict_Type), object.ptr()));
  throw InvalidArgument(name + " must be a dict, not a value of type " + type_name_of(object));
}

ParamDict param_dict(py::handle dict, const std::string& category, bool any_values) {
  ParamDict result;
  for (const auto& [key, value] : as_dict(dict, "the parameters '" + category + "'")) {
    if (!py::isinstance<py::str>(key) && !py::isinstance<py::bytes>(key))
      throw InvalidArgument("the names of the parameters '" + category + "' must be texts, not " +
                            text_of(py::repr(key)));
    std::string name = text_of(key);
    const std::string full_name = category + "." + name;
    Value converted = any_values ? any_value(value, full_name) : plain_value(value, full_name);
    result.insert_or_assign(std::move(name), std::move(converted));
  }
  return result;
}

ParamsDict params_dict(py::handle dicts) {
  ParamsDict result;
  if (dicts.is_none()) return result;
  for (const auto& [key, dict] : as_dict(dicts, "parameters")) {
    const std::string category = text_of(py::str(key));
    ParamDict& target = result[category];
    if (!dict.is_none()) target = param_dict(dict, category, category == "generator");
  }
  return result;
}

}  // namespace dijitso::python
