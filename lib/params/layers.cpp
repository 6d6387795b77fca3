// Decides each parameter separately, from the strongest layer to the weakest. A layer with None is skipped. Tested in
// unittests/params/layers_test.cpp.
#include "params/layers.h"

#include "params/check.h"
#include "params/convert.h"
#include "params/nearest.h"
#include "params/paths.h"
#include "params/table.h"
#include "params/warn_once.h"
#include "support/fork.h"

#include <dijitso/error.h>

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace dijitso::params {
namespace {

constexpr std::string_view cache_dir_by_rule = "DIJITSO_CACHE_CACHE_DIR";

const Value* find(const ParamsDict& dicts, std::string_view category, std::string_view name) {
  const auto dict = dicts.find(category);
  if (dict == dicts.end()) return nullptr;
  const auto value = dict->second.find(name);
  return value == dict->second.end() || value->second.is_none() ? nullptr : &value->second;
}

struct Decision {
  Value value;
  std::string origin;
};

std::string config_origin(const ConfigFile& config) { return "config file " + config.path; }

Value from_environment(const Parameter& parameter, const Environment& environment, std::string_view variable,
                       std::string& origin) {
  const auto found = environment.find(variable);
  if (found == environment.end()) return {};
  origin = "environment " + std::string(variable);
  return parse_value(parameter, found->second, origin);
}

Decision decide(const Parameter& parameter, const Layers& layers) {
  if (const Value* given = find(layers.runtime, parameter.category, parameter.name))
    return {convert_value(parameter, *given, "runtime"), "runtime"};
  if (!layers.environment.empty()) {
    std::string origin;
    Value value = from_environment(parameter, layers.environment, parameter.variable, origin);
    if (value.is_none() && parameter.name == "cache_dir")
      value = from_environment(parameter, layers.environment, cache_dir_by_rule, origin);
    if (!value.is_none()) return {std::move(value), std::move(origin)};
  }
  if (const Value* configured = find(layers.config.values, parameter.category, parameter.name))
    return {*configured, config_origin(layers.config)};
  return {parameter.default_value(), "default"};
}

Decision decide_absolute(const Parameter& parameter, const Layers& layers) {
  Decision decision = decide(parameter, layers);
  if (parameter.name == "cache_dir") decision.value = absolute_path(std::get<std::string>(decision.value));
  return decision;
}

void check_runtime_names(const ParamsDict& runtime) {
  for (const auto& [category, dict] : runtime) {
    require_category(category, "runtime");
    for (const auto& [name, value] : dict) require_parameter(category, name, "runtime");
  }
}

// Variables that are no parameters; DIJITSO_INSTALL is that of the Python package.
constexpr std::string_view other_variables[] = {"DIJITSO_CONF", "DIJITSO_INSTALL", "DIJITSO_PERF", "DIJITSO_TRACE"};

void warn_of_unknown_variables(const Environment& environment) {
  std::vector<std::string> valid{std::string(cache_dir_by_rule)};
  for (const auto& parameter : parameters()) valid.push_back(parameter.variable);
  for (const auto& [variable, value] : environment) {
    if (std::ranges::find(other_variables, variable) != std::end(other_variables)) continue;
    if (std::ranges::find(valid, variable) != valid.end()) continue;
    warn_once("the environment variable " + variable + " has no effect: the nearest valid name is " +
              nearest(variable, valid));
  }
}

const ParamDict& generator_of(const ParamsDict& dicts) {
  static constinit forking::Once<const ParamDict> none;
  const auto found = dicts.find("generator");
  return found == dicts.end() ? none.get() : found->second;
}

// None from a caller is kept if no other layer has a value, because it may have a meaning for the generator.
std::map<std::string, Decision> decide_generator(const Layers& layers) {
  std::map<std::string, Decision> decisions;
  for (const auto& [name, value] : generator_of(layers.config.values))
    decisions[name] = {value, config_origin(layers.config)};
  for (const auto& [name, value] : generator_of(layers.runtime)) {
    if (!value.is_none() || !decisions.count(name)) decisions[name] = {value, "runtime"};
  }
  return decisions;
}

}  // namespace

Environment read_environment() {
  Environment variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (text.starts_with("DIJITSO_") && equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

bool perf_map_is_wanted(const Environment& environment) {
  const auto found = environment.find("DIJITSO_PERF");
  if (found == environment.end() || found->second.empty()) return false;
  if (const auto wanted = parse_bool(found->second)) return *wanted;
  throw InvalidArgument(
      "the environment variable DIJITSO_PERF must be true or false (also yes/no, on/off, 1/0), not '" + found->second +
      "'");
}

std::string trace_file(const Environment& environment) {
  const auto found = environment.find("DIJITSO_TRACE");
  return found == environment.end() ? "" : found->second;
}

Params resolve(const Layers& layers) {
  check_runtime_names(layers.runtime);
  warn_of_unknown_variables(layers.environment);
  Params params;
  for (const auto& parameter : parameters()) set_member(params, parameter, decide_absolute(parameter, layers).value);
  for (auto& [name, decision] : decide_generator(layers)) params.generator[name] = std::move(decision.value);
  check_params(params);
  return params;
}

std::vector<OriginOf> explain(const Layers& layers) {
  check_runtime_names(layers.runtime);
  warn_of_unknown_variables(layers.environment);
  std::vector<OriginOf> all;
  const auto add = [&](std::string_view category, std::string_view name, Decision decision) {
    all.push_back({std::string(category), std::string(name), std::move(decision.value), std::move(decision.origin)});
  };
  for (const auto& parameter : parameters())
    add(parameter.category, parameter.name, decide_absolute(parameter, layers));
  for (auto& [name, decision] : decide_generator(layers)) add("generator", name, std::move(decision));
  return all;
}

}  // namespace dijitso::params
