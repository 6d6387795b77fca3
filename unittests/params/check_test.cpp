#include "params/check.h"

#include "params/own_directories.h"

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
        "files of 'cache.inc_dir' and 'cache.src_dir' would have the same names: both are 'x', and their names end "
        "with '.h' and '.h'; change one of them");
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
  CHECK_THAT(error_after([](Params& p) {
               p.cache.lib_dir = p.cache.obj_dir;
               p.cache.lib_postfix = ".o";
             }),
             Contains("'cache.lib_dir' and 'cache.obj_dir'"));
}

TEST_CASE("names that are the end of others count as the same, and directories are told by their place", "[params]") {
  // "a" with ".more.h" is "a.more" with ".h".
  CHECK_THAT(error_after([](Params& p) {
               p.cache.log_dir = "./include/";
               p.cache.log_postfix = ".more.h";
             }),
             Contains("'cache.inc_dir' and 'cache.log_dir'"));
  CHECK_THAT(error_after([](Params& p) {
               p.cache.log_dir = "/somewhere/src";
               p.cache.log_postfix = ".gz";
             }),
             Contains("'cache.src_dir' and 'cache.log_dir'"));
  CHECK(error_after([](Params& p) {
          p.cache.inc_dir = p.cache.src_dir = p.cache.lib_dir = p.cache.log_dir = p.cache.obj_dir = ".";
        }) == "(none)");
}

TEST_CASE("the cache's other directories are no place for files", "[params]") {
  for (const std::string own : dijitso::params::own_directories)
    for (const std::string& dir : {own, own + "/", "/somewhere/" + own}) {
      CHECK_THAT(error_after([&](Params& p) { p.cache.obj_dir = dir; }), Contains("'cache.obj_dir'") && Contains(dir));
      CHECK_THAT(error_after([&](Params& p) { p.cache.inc_dir = dir; }), Contains("'cache.inc_dir'") && Contains(dir));
    }
}

TEST_CASE("a header cannot have the name of the source", "[params]") {
  CHECK_THAT(error_after([](Params& p) { p.cache.inc_postfix = ".cpp"; }), Contains("'cache.inc_postfix'"));
  CHECK_THAT(error_after([](Params& p) { p.cache.inc_postfix = ".c"; }), Contains("'cache.inc_postfix'"));
}
