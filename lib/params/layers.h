// The four sources of a value, and the decision among them: defaults < configuration file < environment < runtime.
// resolve and explain are pure but for defaults that are found out, "~" and the current directory.
// Tested in unittests/params/layers_test.cpp.
#pragma once

#include "params/config_file.h"

#include <dijitso/params.h>

#include <map>
#include <string>
#include <vector>

namespace dijitso::params {

// The variables whose names begin with DIJITSO_.
using Environment = std::map<std::string, std::string, std::less<>>;

// Those of this process, at this moment.
Environment read_environment();

// DIJITSO_PERF, which is no parameter: it changes neither code nor cache. InvalidArgument unless it is a boolean.
bool perf_map_is_wanted(const Environment& environment);

// DIJITSO_TRACE, which is none either: the file for a trace of this run; empty when none is wanted.
std::string trace_file(const Environment& environment);

struct Layers {
  const ParamsDict& runtime;
  const Environment& environment;
  const ConfigFile& config;
};

// InvalidArgument for an unknown name or unusable value. A variable DIJITSO_CACHE_* or DIJITSO_BUILD_* that belongs to
// no parameter gives one warning.
Params resolve(const Layers& layers);

// The same decisions with their origins, in the order of the table, then those of "generator" by name.
std::vector<OriginOf> explain(const Layers& layers);

}  // namespace dijitso::params
