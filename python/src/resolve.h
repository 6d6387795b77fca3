// Converts a Python dictionary to validated parameters; fast for recently used dictionaries.
#pragma once

#include "values.h"

#include <dijitso/params.h>

#include <memory>

namespace dijitso::python {

using ParamsPointer = std::shared_ptr<const Params>;

// Returns validate_params(params). Errors: InvalidArgument. Call it with the GIL.
ParamsPointer resolve(py::handle params);

// The complete dictionary that `validate_params` returns; it contains the caller's own values of `generator`.
py::dict resolve_as_dict(py::handle params);

// The generator parameters that `generate` gets: the caller's own dictionary, unless the configuration file adds some.
py::object generator_of(py::handle params);

// Complete the part `cache` or `build` alone.
CacheParams resolve_cache(py::handle cache_params);
BuildParams resolve_build(py::handle build_params);

}  // namespace dijitso::python

// Documented functions get these parts as dictionaries.
namespace pybind11::detail {

template <>
struct type_caster<dijitso::CacheParams> {
  PYBIND11_TYPE_CASTER(dijitso::CacheParams, const_name("dict[str, Any]"));
  bool load(handle source, bool) {
    value = dijitso::python::resolve_cache(source);
    return true;
  }
};

template <>
struct type_caster<dijitso::BuildParams> {
  PYBIND11_TYPE_CASTER(dijitso::BuildParams, const_name("dict[str, Any]"));
  bool load(handle source, bool) {
    value = dijitso::python::resolve_build(source);
    return true;
  }
};

template <>
struct type_caster<dijitso::Params> {
  PYBIND11_TYPE_CASTER(dijitso::Params, const_name("dict[str, Any] | None"));
  bool load(handle source, bool) {
    value = *dijitso::python::resolve(source);
    return true;
  }
};

}  // namespace pybind11::detail
