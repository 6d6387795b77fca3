#include "params/layers.h"

#include "params/table.h"
#include "surroundings.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::params;
using Catch::Contains;
using surroundings::EmptyUser;
using surroundings::LogCapture;

namespace {

// A parameter with a different value in each layer.
struct Example {
  const char* category;
  const char* name;
  Value by_default;
  std::string in_file;
  Value from_file;
  std::string in_environment;
  Value from_environment;
  Value at_runtime;
};

const std::vector<Example> examples{
    {"cache", "src_dir", "src", "f", "f", "e", "e", "r"},
    {"build", "debug", false, "yes", true, "on", true, false},
    {"cache", "claim_timeout", 60, "1", 1, "2", 2, 3},
    {"build", "libs", std::vector<std::string>{}, "f g", {"f", "g"}, "e 'g h'", {"e", "g h"}, {"r"}},
    {"cache", "fail_dir_root", Value(), "f", "f", "e", "e", "r"},
};

const OriginOf& find(const std::vector<OriginOf>& all, std::string_view category, std::string_view name) {
  for (const auto& one : all) {
    if (one.category == category && one.name == name) return one;
  }
  throw std::out_of_range("no such parameter");
}

// Resolves with the chosen layers, checks that both answers agree, and gives the one with the origin.
OriginOf decide(const Example& example, bool file, bool environment, Value runtime, bool runtime_given) {
  const Parameter& parameter = *find_parameter(example.category, example.name);
  ConfigFile config;
  if (file)
    config = parse_config("[" + std::string(example.category) + "]\n" + example.name + " = " + example.in_file, "/F");
  Environment variables;
  if (environment) variables[parameter.variable] = example.in_environment;
  ParamsDict dict;
  if (runtime_given) dict[example.category][example.name] = runtime;
  const Layers layers{dict, variables, config};
  const auto explained = explain(layers);
  const OriginOf decided = find(explained, example.category, example.name);
  CHECK(get_member(resolve(layers), parameter) == decided.value);
  return decided;
}

std::string error_of(const ParamsDict& runtime, const Environment& environment = {}) {
  try {
    resolve({runtime, environment, {}});
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "(none)";
}

std::string cache_dir_of(const ParamsDict& runtime, const Environment& environment, std::string_view config = "") {
  return resolve({runtime, environment, parse_config(config, "/F")}).cache.cache_dir;
}

}  // namespace

TEST_CASE("defaults < configuration file < environment < runtime, for every type", "[params]") {
  const EmptyUser user;
  for (const auto& example : examples) {
    const Parameter& parameter = *find_parameter(example.category, example.name);
    for (int layers = 0; layers < 8; ++layers) {
      const bool file = layers & 1, environment = layers & 2, runtime = layers & 4;
      INFO(parameter.full_name() << " file " << file << " environment " << environment << " runtime " << runtime);
      const auto decided = decide(example, file, environment, runtime ? example.at_runtime : Value(), true);
      const Value value = runtime       ? example.at_runtime
                          : environment ? example.from_environment
                          : file        ? example.from_file
                                        : example.by_default;
      const std::string origin = runtime       ? "runtime"
                                 : environment ? "environment " + parameter.variable
                                 : file        ? "config file /F"
                                               : "default";
      CHECK(decided.value == value);
      CHECK(decided.origin == origin);
      if (!runtime) {  // an absent name is as good as None
        const auto absent = decide(example, file, environment, {}, false);
        CHECK(absent.value == value);
        CHECK(absent.origin == origin);
      }
    }
  }
}

TEST_CASE("the cache directory given at run time wins, and becomes absolute", "[params]") {
  const EmptyUser user;
  const Environment both{{"DIJITSO_CACHE_DIR", "/short"}, {"DIJITSO_CACHE_CACHE_DIR", "/long"}};
  const std::string config = "[cache]\ncache_dir = ~/f\n";
  CHECK(cache_dir_of({{"cache", {{"cache_dir", "r/./s/"}}}}, both, config) == user.work + "/r/s");
  CHECK(cache_dir_of({{"cache", {{"cache_dir", Value()}}}}, both, config) == "/short");
  CHECK(cache_dir_of({}, {{"DIJITSO_CACHE_CACHE_DIR", "/long"}}, config) == "/long");
  CHECK(cache_dir_of({}, {{"DIJITSO_CACHE_DIR", ""}, {"DIJITSO_CACHE_CACHE_DIR", "/long"}}, config) == "/long");
  CHECK(cache_dir_of({}, {{"DIJITSO_CACHE_DIR", ""}}, config) == user.home + "/f");
  CHECK(cache_dir_of({}, {}) == user.home + "/.cache/dijitso");
  CHECK(cache_dir_of({}, {{"DIJITSO_CACHE_DIR", "~/e"}}) == user.home + "/e");
}

TEST_CASE("the origin of the cache directory says which variable it was", "[params]") {
  const EmptyUser user;
  const auto origin = [](const Environment& environment) {
    return find(explain({{}, environment, {}}), "cache", "cache_dir").origin;
  };
  CHECK(origin({}) == "default");
  CHECK(origin({{"DIJITSO_CACHE_DIR", "/a"}}) == "environment DIJITSO_CACHE_DIR");
  CHECK(origin({{"DIJITSO_CACHE_CACHE_DIR", "/a"}}) == "environment DIJITSO_CACHE_CACHE_DIR");
}

TEST_CASE("every parameter can be given in the environment", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  for (const auto& parameter : parameters()) {
    INFO(parameter.full_name());
    std::string text = "other";
    if (!parameter.allowed.empty()) text = parameter.allowed.back();
    if (parameter.type == Type::boolean) text = "yes";
    if (parameter.type == Type::integer) text = "1";
    const auto all = explain({{}, {{parameter.variable, text}}, {}});
    CHECK(find(all, parameter.category, parameter.name).origin == "environment " + parameter.variable);
  }
  CHECK(log.messages().empty());
}

TEST_CASE("unknown names at run time are refused", "[params]") {
  const EmptyUser user;
  CHECK(error_of({{"cache", {{"inc_dri", "x"}}}}) ==
        "unknown parameter 'cache.inc_dri' (runtime): the nearest valid name is 'cache.inc_dir'");
  CHECK(error_of({{"cache", {{"inc_dri", Value()}}}}) != "(none)");
  CHECK(error_of({{"bild", {}}}) ==
        "unknown category of parameters 'bild' (runtime): the nearest valid name is 'build'");
  CHECK_THROWS_AS(explain({{{"bild", {}}}, {}, {}}), InvalidArgument);
}

TEST_CASE("unusable values are refused with their origin", "[params]") {
  const EmptyUser user;
  CHECK_THAT(error_of({{"build", {{"cxxflags", 3}}}}),
             Contains("'build.cxxflags' (runtime) must be a list of texts, not the number 3"));
  CHECK_THAT(error_of({}, {{"DIJITSO_CACHE_SRC_STORAGE", "zip"}}),
             Contains("'cache.src_storage' (environment DIJITSO_CACHE_SRC_STORAGE) must be one of"));
  CHECK_THAT(error_of({}, {{"DIJITSO_BUILD_LIBS", "\"m"}}), Contains("(environment DIJITSO_BUILD_LIBS)"));
  CHECK_THAT(error_of({}, {{"DIJITSO_CACHE_CLAIM_TIMEOUT", "-5"}}), Contains("from 0 to 86400, not the number -5"));
  CHECK_THAT(error_of({{"cache", {{"cache_dir", ""}}}}), Contains("'cache.cache_dir' (runtime)"));
  CHECK_THAT(error_of({{"cache", {{"log_dir", "src"}, {"log_postfix", ".cpp"}}}}), Contains("the same names"));
}

TEST_CASE("a misspelt variable gives one warning with the nearest name", "[params]") {
  const EmptyUser user;
  const LogCapture log;
  const Environment variables{{"DIJITSO_BUILD_CXXFLAG_OPT", "-O1"},
                              {"DIJITSO_CACHE_DIRR", "/x"},
                              {"DIJITSO_CAHCE_DIR", "/x"},
                              {"DIJITSO_CONF", "/x"},
                              {"DIJITSO_PERF", "1"},
                              {"DIJITSO_TRACE", "/t.json"},
                              {"DIJITSO_INSTALL", "cffi"},
                              {"DIJITSO_CACHE_CACHE_DIR", "/y"}};
  for (int i = 0; i < 2; ++i) CHECK(resolve({{}, variables, {}}).cache.cache_dir == "/y");
  explain({{}, variables, {}});
  CHECK(log.messages() ==
        std::vector<std::string>{
            "the environment variable DIJITSO_BUILD_CXXFLAG_OPT has no effect: the nearest valid name is "
            "DIJITSO_BUILD_CXXFLAGS_OPT",
            "the environment variable DIJITSO_CACHE_DIRR has no effect: the nearest valid name is DIJITSO_CACHE_DIR",
            "the environment variable DIJITSO_CAHCE_DIR has no effect: the nearest valid name is DIJITSO_CACHE_DIR"});
}

TEST_CASE("the generator's parameters pass untouched, those of the file below those of the caller", "[params]") {
  const EmptyUser user;
  const auto config = parse_config("[generator]\na = f\nb = f\nc = f\n", "/F");
  const ParamsDict runtime{{"generator", {{"b", 1.5}, {"c", Value()}, {"d", Value()}, {"e", {"x"}}}}};
  const Layers layers{runtime, {}, config};
  CHECK(resolve(layers).generator == GeneratorParams{{"a", "f"}, {"b", 1.5}, {"c", "f"}, {"d", Value()}, {"e", {"x"}}});
  const auto all = explain(layers);
  CHECK(find(all, "generator", "a").origin == "config file /F");
  CHECK(find(all, "generator", "b").origin == "runtime");
  CHECK(find(all, "generator", "c").origin == "config file /F");
  CHECK(find(all, "generator", "d").origin == "runtime");
}

TEST_CASE("the explanation lists every parameter in the order of the table", "[params]") {
  const EmptyUser user;
  const auto all = explain({{{"generator", {{"z", 1}, {"y", 2}}}}, {}, {}});
  REQUIRE(all.size() == parameters().size() + 2);
  for (std::size_t i = 0; i < parameters().size(); ++i) {
    CHECK(all[i].category + '.' + all[i].name == parameters()[i].full_name());
    CHECK(all[i].origin == "default");
  }
  CHECK(all[all.size() - 2].name == "y");
  CHECK(all.back().name == "z");
}

TEST_CASE("only variables with our prefix are read from the process", "[params]") {
  const surroundings::Variable ours("DIJITSO_UNITTEST", "a=b");
  const surroundings::Variable other("XDIJITSO_UNITTEST", "c");
  const auto variables = read_environment();
  REQUIRE(variables.count("DIJITSO_UNITTEST"));
  CHECK(variables.at("DIJITSO_UNITTEST") == "a=b");
  for (const auto& [name, value] : variables) CHECK(name.starts_with("DIJITSO_"));
}
