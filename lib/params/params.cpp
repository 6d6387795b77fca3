// The documented functions, based on the table, the layers and the configuration file. Tested in
// unittests/params/params_test.cpp.
#include "params/config_file.h"
#include "params/convert.h"
#include "params/layers.h"
#include "params/table.h"
#include "support/fork.h"

#include <dijitso/error.h>
#include <dijitso/params.h>

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

namespace dijitso::params {
namespace {

// cache_dir stays None: its default is computed when it is needed.
ParamDict defaults_of(std::string_view category) {
  ParamDict dict;
  for (const auto& parameter : parameters()) {
    if (parameter.category != category) continue;
    const bool known = parameter.documented && parameter.name != "cache_dir";
    dict.emplace(parameter.name, known ? parameter.default_value() : Value());
  }
  return dict;
}

}  // namespace

ParamDict default_cache_params() { return defaults_of("cache"); }

ParamDict default_build_params() { return defaults_of("build"); }

ParamDict default_generator_params() { return {}; }

ParamsDict default_params() {
  return {
      {"cache", default_cache_params()}, {"build", default_build_params()}, {"generator", default_generator_params()}};
}

std::string default_cxx_compiler() {
  const char* compiler = std::getenv("CXX");
  return compiler && *compiler ? compiler : "c++";
}

std::vector<std::string> default_cxx_flags() { return {"-Wall", "-shared", "-fPIC", "-std=c++11"}; }

std::vector<std::string> default_cxx_debug_flags() { return {"-g", "-O0"}; }

std::vector<std::string> default_cxx_release_flags() {
  return {"-O3", "-fno-math-errno", "-fno-trapping-math", "-ffinite-math-only"};
}

ParamsDict copy_params(const ParamsDict& params) { return params; }

void check_params_keys(const ParamsDict& defaults, const ParamsDict& params) {
  std::vector<std::string> categories;
  std::vector<std::string> names;
  for (const auto& [category, dict] : defaults) {
    categories.push_back(category);
    for (const auto& [name, value] : dict) names.push_back(category + '.' + name);
  }
  for (const auto& [category, dict] : params) {
    const auto known = defaults.find(category);
    if (known == defaults.end()) throw InvalidArgument(unknown_category(category, "runtime", categories));
    if (category == "generator") continue;
    for (const auto& [name, value] : dict) {
      if (!known->second.count(name)) throw InvalidArgument(unknown_parameter(category, name, "runtime", names));
    }
  }
}

ParamsDict merge_params(const ParamsDict& defaults, const ParamsDict& params) {
  ParamsDict merged = defaults;
  for (const auto& [category, dict] : params) {
    ParamDict& target = merged[category];
    for (const auto& [name, value] : dict) {
      const auto [place, is_new] = target.try_emplace(name, value);
      if (!is_new && !value.is_none()) place->second = value;
    }
  }
  return merged;
}

Params validate_params(const ParamsDict& params) {
  return resolve({params, read_environment(), *process_config_file()});
}

Params session_default_params() {
  static constinit forking::Mutex mutex;
  static constinit forking::Once<std::shared_ptr<const Params>> once DIJITSO_GUARDED_BY(mutex);
  {
    const Lock lock(mutex);
    if (once.get()) return *once.get();
  }
  // Computed without holding the lock: a warning may call a log handler of the host, which may call this function.
  auto fresh = std::make_shared<const Params>(validate_params({}));
  const Lock lock(mutex);
  if (!once.get()) once.get() = std::move(fresh);
  return *once.get();
}

ParamsDict as_dict(const Params& params) {
  ParamsDict dict{{"cache", {}}, {"build", {}}, {"generator", params.generator}};
  for (const auto& parameter : parameters())
    dict.find(parameter.category)->second.emplace(parameter.name, get_member(params, parameter));
  return dict;
}

std::vector<OriginOf> explain_params(const ParamsDict& params) {
  return explain({params, read_environment(), *process_config_file()});
}

}  // namespace dijitso::params
