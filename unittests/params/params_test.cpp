#include "surroundings.h"

#include <dijitso/error.h>
#include <dijitso/params.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::params;
using surroundings::EmptyUser;
using surroundings::Variable;
using Words = std::vector<std::string>;

TEST_CASE("the documented flags and compiler", "[params]") {
  const EmptyUser user;
  CHECK(default_cxx_flags() == Words{"-Wall", "-shared", "-fPIC", "-std=c++11"});
  CHECK(default_cxx_debug_flags() == Words{"-g", "-O0"});
  CHECK(default_cxx_release_flags() == Words{"-O3", "-fno-math-errno", "-fno-trapping-math", "-ffinite-math-only"});
  CHECK(default_cxx_compiler() == "c++");
  const Variable cxx("CXX", "my-cxx");
  CHECK(default_cxx_compiler() == "my-cxx");
  CHECK(default_build_params().at("cxx") == Value("my-cxx"));
  CHECK(validate_params({}).build.cxx == "my-cxx");
}

TEST_CASE("nothing given: the defaults", "[params]") {
  const EmptyUser user;
  const Params params = validate_params({});
  CacheParams cache;
  cache.cache_dir = user.home + "/.cache/dijitso";
  CHECK(params.cache == cache);
  CHECK(params.build.cxx == "c++");
  CHECK(params.build.cxxflags == default_cxx_flags());
  CHECK(params.build.cxxflags_debug == default_cxx_debug_flags());
  CHECK(params.build.cxxflags_opt == default_cxx_release_flags());
  CHECK_FALSE(params.build.debug);
  CHECK(params.generator.empty());
  CHECK(dijitso::validate_params({{"cache", {}}, {"build", {}}, {"generator", {}}}) == params);
}

TEST_CASE("complete defaults handed back do not hide the surroundings' cache_dir and new parameters", "[params]") {
  const EmptyUser user;
  user.root.write("home/.dijitso.conf", "[build]\ntarget_cpu = native\n[cache]\nclaim_timeout = 7\n");
  const Variable cache_dir("DIJITSO_CACHE_DIR", user.root.path("cache"));
  const Variable language("DIJITSO_BUILD_LANGUAGE", "c");
  ParamsDict given = default_params();
  given["build"]["include_dirs"] = {"/ufc"};
  given["build"]["cxxflags_opt"] = {"-O2"};
  given["build"]["debug"] = true;
  const Params params = validate_params(given);
  CHECK(params.cache.cache_dir == user.root.path("cache"));
  CHECK(params.cache.claim_timeout == 7);
  CHECK(params.build.target_cpu == "native");
  CHECK(params.build.language == "c");
  CHECK(params.build.include_dirs == Words{"/ufc"});
  CHECK(params.build.cxxflags_opt == Words{"-O2"});
  CHECK(params.build.debug);
  given["cache"]["cache_dir"] = "/mine";
  CHECK(validate_params(given).cache.cache_dir == "/mine");
}

TEST_CASE("the environment is looked at in each call, the file once", "[params]") {
  const EmptyUser user;
  user.root.write("home/.dijitso.conf", "[cache]\nsrc_dir = f\n");
  CHECK(validate_params({}).cache.src_dir == "f");
  user.root.write("home/.dijitso.conf", "[cache]\nsrc_dir = g\n");
  CHECK(validate_params({}).cache.src_dir == "f");
  {
    const Variable src_dir("DIJITSO_CACHE_SRC_DIR", "e");
    CHECK(validate_params({}).cache.src_dir == "e");
  }
  CHECK(validate_params({}).cache.src_dir == "f");
}

TEST_CASE("the session's defaults are computed once", "[params]") {
  const EmptyUser user;
  const Params first = session_default_params();
  const Variable cache_dir("DIJITSO_CACHE_DIR", first.cache.cache_dir + "-other");
  CHECK(session_default_params() == first);
  CHECK(validate_params({}).cache.cache_dir == first.cache.cache_dir + "-other");
}

TEST_CASE("as_dict is the inverse of validate_params", "[params]") {
  const EmptyUser user;
  Params params = validate_params({{"generator", {{"a", 1}, {"b", Value()}}}});
  ParamsDict dict = as_dict(params);
  CHECK(dict.at("cache").at("fail_dir_root").is_none());
  CHECK(dict.at("cache").at("claim_timeout") == Value(60));
  CHECK(dict.at("cache").size() == default_cache_params().size());
  CHECK(dict.at("build").size() == default_build_params().size());
  CHECK(validate_params(dict) == params);
  params.cache.fail_dir_root = "/f";
  params.build.libs = {"m"};
  CHECK(validate_params(as_dict(params)) == params);
}

TEST_CASE("explain_params tells where values came from", "[params]") {
  const EmptyUser user;
  const std::string file = user.root.write("home/.dijitso.conf", "[cache]\nsrc_dir = f\n");
  const Variable debug("DIJITSO_BUILD_DEBUG", "yes");
  std::map<std::string, std::string> origins;
  for (const auto& one : explain_params({{"cache", {{"inc_dir", "i"}, {"lib_dir", Value()}}}}))
    origins[one.category + '.' + one.name] = one.origin;
  CHECK(origins.at("cache.src_dir") == "config file " + file);
  CHECK(origins.at("build.debug") == "environment DIJITSO_BUILD_DEBUG");
  CHECK(origins.at("cache.inc_dir") == "runtime");
  CHECK(origins.at("cache.lib_dir") == "default");
}

TEST_CASE("check_params_keys refuses what the defaults do not have", "[params]") {
  const ParamsDict defaults{{"cache", {{"one", 1}, {"two", 2}}}, {"generator", {}}};
  CHECK_NOTHROW(check_params_keys(defaults, {}));
  CHECK_NOTHROW(check_params_keys(defaults, {{"cache", {{"two", "x"}}}, {"generator", {{"any", 1}}}}));
  CHECK_THROWS_WITH(check_params_keys(defaults, {{"cache", {{"tow", 1}}}}),
                    "unknown parameter 'cache.tow' (runtime): the nearest valid name is 'cache.two'");
  CHECK_THROWS_WITH(check_params_keys(defaults, {{"build", {}}}),
                    Catch::Contains("unknown category of parameters 'build' (runtime)"));
  CHECK_THROWS_AS(check_params_keys({}, {{"x", {}}}), InvalidArgument);
}

TEST_CASE("merge_params puts values over defaults; None leaves them", "[params]") {
  const ParamsDict defaults{{"cache", {{"one", 1}, {"two", 2}}}};
  CHECK(merge_params(defaults, {}) == defaults);
  CHECK(merge_params(defaults,
                     {{"cache", {{"one", "x"}, {"two", Value()}}}, {"generator", {{"n", Value()}, {"v", 1}}}}) ==
        ParamsDict{{"cache", {{"one", "x"}, {"two", 2}}}, {"generator", {{"n", Value()}, {"v", 1}}}});
}

TEST_CASE("copy_params copies", "[params]") {
  ParamsDict original{{"cache", {{"one", {"a"}}}}};
  ParamsDict copy = copy_params(original);
  CHECK(copy == original);
  copy["cache"]["one"] = 2;
  CHECK(original.at("cache").at("one") == Value({"a"}));
}
