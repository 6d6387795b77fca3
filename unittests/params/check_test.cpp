#include "params/check.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using Catch::Contains;
using dijitso::params::check_params;

namespace {

Params usable() {
  Params params;
  params.cache.cache_dir = "/somewhere";
  return params;
}

// What check_params says after `change`.
template <class Change>
std::string error_after(Change change) {
  Params params = usable();
  change(params);
  try {
    check_params(params);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "(none)";
}

}  // namespace

TEST_CASE("parameters built by hand pass when they can work", "[params]") {
  CHECK_NOTHROW(check_params(usable()));
  CHECK(error_after([](Params& p) { p.generator = {{"any thing", Value()}}; }) == "(none)");
  CHECK(error_after([](Params& p) { p.cache.src_dir = "include"; }) == "(none)");
  CHECK(error_after([](Params& p) { p.cache.lib_prefix = p.cache.src_postfix = ""; }) == "(none)");
}

TEST_CASE("parameters built by hand that cannot work are refused by name", "[params]") {
  CHECK_THROWS_WITH(check_params({}), Contains("'cache.cache_dir'") && Contains("not empty"));
  CHECK_THAT(error_after([](Params& p) { p.cache.obj_dir = ""; }), Contains("'cache.obj_dir'"));
  CHECK_THAT(error_after([](Params& p) { p.cache.fail_dir_root = ""; }), Contains("'cache.fail_dir_root'"));
  CHECK_THAT(error_after([](Params& p) { p.cache.readonly_dirs = {""}; }), Contains("'cache.readonly_dirs'"));
  CHECK_THAT(error_after([](Params& p) { p.cache.src_storage = "zip"; }), Contains("keep, delete, compress"));
  CHECK_THAT(error_after([](Params& p) { p.cache.lib_loader = "x"; }), Contains("'cache.lib_loader'"));
  CHECK_THAT(error_after([](Params& p) { p.cache.lib_basename = "a/b"; }), Contains("'cache.lib_basename'"));
  CHECK_THAT(error_after([](Params& p) { p.cache.claim_timeout = -1; }), Contains("'cache.claim_timeout'"));
  CHECK_THAT(error_after([](Params& p) { p.build.language = "fortran"; }), Contains("'build.language'"));
  CHECK_THAT(error_after([](Params& p) { p.build.target_cpu = ""; }), Contains("'build.target_cpu'"));
  CHECK_THAT(error_after([](Params& p) { p.build.cxxflags = {std::string(1, '\0')}; }), Contains("'build.cxxflags'"));
}

TEST_CASE("two kinds of files may not have the same names", "[params]") {
  CHECK(error_after([](Params& p) {
          p.cache.inc_dir = p.cache.src_dir = "x";
          p.cache.inc_postfix = p.cache.src_postfix = ".h";
        }) ==
        "the files of 'cache.inc_dir' and 'cache.src_dir' would have the same names: both are 'x', and both postfixes "
        "are "
        "'.h'; change one of them");
  CHECK_THAT(error_after([](Params& p) {
               p.cache.log_dir = "src";
               p.cache.log_postfix = ".cpp";
             }),
             Contains("'cache.src_dir' and 'cache.log_dir'"));
  CHECK_THAT(error_after([](Params& p) {
               p.cache.log_dir = "include";
               p.cache.log_postfix = ".h";
             }),
             Contains("'cache.inc_dir' and 'cache.log_dir'"));
}
