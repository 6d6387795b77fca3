// The four layers of parameter values, and their precedence: defaults < configuration file < environment < runtime.
// resolve and explain are pure except for computed defaults, "~" and the current directory. Tested in
// unittests/params/layers_test.cpp.
#pragma once

#include "params/config_file.h"

#include <dijitso/params.h>

#include <map>
#include <string>
#include <vector>

namespace dijitso::params {

// Environment variables whose names begin with DIJITSO_.
using Environment = std::map<std::string, std::string, std::less<>>;

// Reads those of this process now.
Environment read_environment();

// The value of DIJITSO_PERF. It is not a parameter, because it changes neither code nor cache. Throws InvalidArgument
// unless it is a boolean.
bool perf_map_is_wanted(const Environment& environment);

// The value of DIJITSO_TRACE, which is not a parameter either: the file for a trace; empty when there is none.
std::string trace_file(const Environment& environment);

struct Layers {
  const ParamsDict& runtime;
  const Environment& environment;
  const ConfigFile& config;
};

// Throws InvalidArgument for an unknown name or an invalid value. Warns once about a variable DIJITSO_CACHE_* or
// DIJITSO_BUILD_* that belongs to no parameter.
Params resolve(const Layers& layers);

// Returns the same values with their origins, in the order of the table, then those of "generator" by name.
std::vector<OriginOf> explain(const Layers& layers);

}  // namespace dijitso::params
