// Where things are kept, and under which names: each parameter of the category `cache`, from jit to the files and the
// documented functions that read them. A changed name may cost a build; it never gives a stale answer.
#include "tests/support/modules.h"

#include <dijitso/build.h>
#include <dijitso/cache.h>

#include <catch2/catch.hpp>

#include <functional>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

const std::string base_header = "int base();\n";

// "base" and "user", which depends on it; `include` is how user names the header of base.
int ask(Jit& jit, const Params& params, const std::string& include = "base.h") {
  jit.jit("base", params, gives("int base() { return 40; }", base_header));
  return value(jit.jit("user", params,
                       gives("#include <" + include + ">\nextern \"C\" int value() { return base() + 2; }\n",
                             "extern \"C\" int value();\n", {"base"})));
}

// A change of parameters and where the files of "base" are then, from the scratch directory.
struct Placement {
  std::string what;
  std::function<void(CacheParams&, const fs::path& scratch)> set;
  std::string inc, src, log, lib;
  std::string include = "base.h";
};

const std::vector<Placement> placements = {
    {"nothing", [](auto&&...) {}, "cache/include/base.h", "cache/src/base.cpp.gz", "cache/log/base.txt",
     "cache/lib/libdijitso-base.so"},
    {"relative directories",
     [](CacheParams& c, const fs::path&) {
       c.inc_dir = "i";
       c.src_dir = "s/deep";
       c.log_dir = "l";
       c.lib_dir = "so";
       c.obj_dir = "o";
     },
     "cache/i/base.h", "cache/s/deep/base.cpp.gz", "cache/l/base.txt", "cache/so/libdijitso-base.so"},
    {"absolute directories",
     [](CacheParams& c, const fs::path& scratch) {
       c.inc_dir = scratch / "away/i";
       c.src_dir = scratch / "away/s";
       c.log_dir = scratch / "away/l";
       c.lib_dir = scratch / "away/so";
       c.obj_dir = scratch / "away/o";
     },
     "away/i/base.h", "away/s/base.cpp.gz", "away/l/base.txt", "away/so/libdijitso-base.so"},
    {"directories outside, by a relative name",
     [](CacheParams& c, const fs::path&) { c.inc_dir = c.src_dir = c.log_dir = c.lib_dir = c.obj_dir = "../beside"; },
     "beside/base.h", "beside/base.cpp.gz", "beside/base.txt", "beside/libdijitso-base.so"},
    {"everything in the cache directory itself",
     [](CacheParams& c, const fs::path&) { c.inc_dir = c.src_dir = c.log_dir = c.lib_dir = c.obj_dir = "."; },
     "cache/base.h", "cache/base.cpp.gz", "cache/base.txt", "cache/libdijitso-base.so"},
    {"postfixes",
     [](CacheParams& c, const fs::path&) {
       c.inc_postfix = ".generated.hpp";
       c.src_postfix = ".cc";
       c.log_postfix = " log";
       c.lib_postfix = ".so.1";
     },
     "cache/include/base.generated.hpp", "cache/src/base.cc.gz", "cache/log/base log", "cache/lib/libdijitso-base.so.1",
     "base.generated.hpp"},
    {"no postfixes",
     [](CacheParams& c, const fs::path&) { c.inc_postfix = c.src_postfix = c.log_postfix = c.lib_postfix = ""; },
     "cache/include/base", "cache/src/base.gz", "cache/log/base", "cache/lib/libdijitso-base", "base"},
    {"prefix and name of libraries",
     [](CacheParams& c, const fs::path&) {
       c.lib_prefix = "";
       c.lib_basename = "my forms_";
     },
     "cache/include/base.h", "cache/src/base.cpp.gz", "cache/log/base.txt", "cache/lib/my forms_base.so"},
    {"no prefix and no name", [](CacheParams& c, const fs::path&) { c.lib_prefix = c.lib_basename = ""; },
     "cache/include/base.h", "cache/src/base.cpp.gz", "cache/log/base.txt", "cache/lib/base.so"},
};

}  // namespace

TEST_CASE("directories, prefixes and postfixes are those of the parameters, for all that reads and writes") {
  const auto placement = GENERATE(from_range(placements));
  CAPTURE(placement.what);
  Place place;
  placement.set(place.params.cache, place.scratch.path());
  const CacheParams& params = place.params.cache;
  const Warnings warnings;
  Jit jit;
  REQUIRE(ask(jit, place.params, placement.include) == 42);
  CHECK(jit.build_shared_library("base", base_header, "int base() { return 40; }", {}, place.params) ==
        cache::create_lib_filename("base", params));
  CHECK((jit.counters().compiles == 2 && jit.counters().published == 2));

  const auto where = [&](const std::string& name) {
    return fs::relative(fs::path(name).lexically_normal(), place.scratch.path()).string();
  };
  const auto files = cache::glob_cache(params, {"inc", "src", "lib", "log", "obj"});
  const auto listed = [&](const std::string& category, const std::string& file) {
    for (const std::string& name : files.at(category))
      if (where(name) == file) return fs::exists(place.scratch / file);
    return false;
  };
  CHECK(listed("inc", placement.inc));
  CHECK(listed("src", placement.src));
  CHECK(listed("log", placement.log));
  CHECK(listed("lib", placement.lib));
  CHECK(files.at("obj").size() == 2);
  CHECK(where(cache::create_inc_filename("base", params)) == placement.inc);
  CHECK(where(cache::create_src_filename("base", params)) + ".gz" == placement.src);
  CHECK(where(cache::create_log_filename("base", params)) == placement.log);
  CHECK(where(cache::create_lib_filename("base", params)) == placement.lib);
  CHECK(cache::read_inc("base", params) == base_header);
  CHECK(cache::read_src("base", params) == "int base() { return 40; }");
  CHECK_THAT(cache::read_log("base", params).value_or(""), Contains("Equivalent command"));
  CHECK(cache::extract_lib_signatures(params) == Names{"base"});
  CHECK(cache::check_cache_integrity(params).empty());

  Jit fresh;
  CHECK(value(fresh.jit("user", place.params, never)) == 42);
  CHECK((fresh.counters().disk_hits == 2 && fresh.counters().compiles == 0));
  CHECK(warnings.all().empty());
  CHECK(cache::clean_cache(params, false) == files);
  for (const std::string& file : {placement.inc, placement.src, placement.log, placement.lib})
    CHECK_FALSE(fs::exists(place.scratch / file));
}

TEST_CASE("whatever name changes between runs, and back, the answer is right") {
  Place place;
  for (int round = 0; round < 2; ++round)
    for (const Placement& placement : placements) {
      CAPTURE(placement.what, round);
      Params params = place.params;
      placement.set(params.cache, place.scratch.path());
      Jit jit;
      CHECK(ask(jit, params, placement.include) == 42);
      if (round == 1) CHECK(jit.counters().compiles == 0);
    }
}

TEST_CASE("the postfix of headers decides which header a source means") {
  Place place;
  place.params.build.include_dirs = {place.scratch.path().string()};
  write_text(place.scratch / "m.h", "#define NUMBER 1\n");
  const Generate generate = gives("#include <m.h>\nextern \"C\" int value() { return NUMBER; }", "#define NUMBER 2\n");
  Params other = place.params;
  other.cache.inc_postfix = ".hpp";
  Jit same;
  for (int round = 0; round < 2; ++round) {
    CHECK(value(same.jit("m", place.params, generate)) == 2);
    CHECK(value(same.jit("m", other, generate)) == 1);
    CHECK(value(Jit().jit("m", place.params, generate)) == 2);
    CHECK(value(Jit().jit("m", other, generate)) == 1);
  }
  CHECK(same.counters().compiles == 2);
}

TEST_CASE("the directory of headers decides which stored header a source means") {
  Place place;
  Params other = place.params;
  other.cache.inc_dir = "other";
  cache::store_inc("number", "#define NUMBER 1\n", place.params.cache);
  cache::store_inc("number", "#define NUMBER 2\n", other.cache);
  const Generate generate = gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }");
  for (int round = 0; round < 2; ++round) {
    CHECK(value(Jit().jit("m", place.params, generate)) == 1);
    CHECK(value(Jit().jit("m", other, generate)) == 2);
  }
}

TEST_CASE("entries of another obj_dir are another cache's, in memory as on disk") {
  Place place;
  Params other = place.params;
  other.cache.obj_dir = "objects";
  Jit jit;
  const auto first = jit.jit("m", place.params, gives_value(1));
  const auto second = jit.jit("m", other, gives_value(2));
  CHECK((value(first) == 1 && value(second) == 2));
  CHECK(value(*jit.find_loaded("m", place.params.cache)) == 1);
  CHECK(value(*jit.find_loaded("m", other.cache)) == 2);
  CHECK(value(*Jit().load("m", other.cache)) == 2);
  jit.forget(place.params.cache.cache_dir);
  CHECK_FALSE(jit.find_loaded("m", other.cache));
}

TEST_CASE("src_storage keeps, deletes or compresses, whatever was done before") {
  Place place;
  const auto build = [&](const std::string& how) {
    Params params = place.params;
    params.cache.src_storage = how;
    params.build.cxxflags_opt = {"-DHOW=" + how};  // another variant, published anew
    Jit().jit("m", params, gives_value(1));
    for (const fs::path& entry : fs::directory_iterator(place.cache / "obj")) fs::remove(entry);
    return names_in(place.cache / "src");
  };
  for (const char* before : {"keep", "delete", "compress"})
    for (const char* how : {"keep", "delete", "compress"}) {
      CAPTURE(before, how);
      build(before);
      const Names expected = how[0] == 'k' ? Names{"m.cpp"} : how[0] == 'd' ? Names{} : Names{"m.cpp.gz"};
      CHECK(build(how) == expected);
      CHECK(cache::read_src("m", place.params.cache).has_value() == (how[0] != 'd'));
    }
}

TEST_CASE("without enable_build_log jit leaves no log, and store_log stores what it is given") {
  Place place;
  Jit().jit("m", place.params, gives_value(1));
  CHECK(cache::read_log("m", place.params.cache));
  // The log is of the variant that was published last: an older one would speak for another.
  Params other = place.params;
  other.cache.enable_build_log = false;
  other.build.cxxflags_opt = {"-O0"};
  Jit().jit("m", other, gives_value(1));
  CHECK(files_below(place.cache / "log").empty());
  CHECK(cache::store_log("m", "by hand", other.cache) == cache::create_log_filename("m", other.cache));
  CHECK(cache::read_log("m", other.cache) == "by hand");
}

TEST_CASE("fail_dir_root and temp_dir_root, absolute, relative to the current directory, or not given") {
  Place place;
  const fs::path work = place.scratch / "work";
  fs::create_directories(work / "temporary");
  const InDirectory in(work);
  CacheParams& params = place.params.cache;
  const auto fail_dir = [&] {
    return fs::path(thrown<CompileFailed>([&] { Jit().jit("m", place.params, gives("mistake")); }).files().fail_dir);
  };
  params.fail_dir_root = (place.scratch / "deep/failures").string();
  CHECK(fail_dir() == place.scratch / "deep/failures/jitfailure-m");
  CHECK(cache::create_fail_dir_path("m", params) == fail_dir());
  params.fail_dir_root = "here";
  fail_dir();
  CHECK(fs::exists(work / "here/jitfailure-m/recompile.sh"));
  params.fail_dir_root.reset();
  CHECK(fail_dir() == work / "jitfailure-m");

  params.temp_dir_root = "temporary";
  CHECK(fs::is_directory(build::temp_dir(params)));
  CHECK(names_in(work / "temporary").size() == 1);
}

TEST_CASE("a comm_dir has no meaning for a module: it changes nothing") {
  Place place;
  Jit().jit("m", place.params, gives_value(1));
  place.params.cache.comm_dir = "elsewhere";
  CHECK(value(Jit().jit("m", place.params, never)) == 1);
}

TEST_CASE("values that cannot work are refused by name, before anything is done") {
  struct Refused {
    std::string name;
    std::function<void(CacheParams&)> set;
  };
  const auto refused = GENERATE(from_range(std::vector<Refused>{
      {"cache_dir", [](CacheParams& c) { c.cache_dir = ""; }},
      {"inc_dir", [](CacheParams& c) { c.inc_dir = ""; }},
      {"src_dir", [](CacheParams& c) { c.src_dir = c.inc_dir, c.src_postfix = c.inc_postfix; }},
      {"lib_dir", [](CacheParams& c) { c.lib_dir = "tmp"; }},
      {"log_dir", [](CacheParams& c) { c.log_dir = std::string("l\0g", 3); }},
      {"obj_dir", [](CacheParams& c) { c.obj_dir = "quarantine"; }},
      {"comm_dir", [](CacheParams& c) { c.comm_dir = ""; }},
      {"fail_dir_root", [](CacheParams& c) { c.fail_dir_root = ""; }},
      {"temp_dir_root", [](CacheParams& c) { c.temp_dir_root = ""; }},
      {"src_storage", [](CacheParams& c) { c.src_storage = "zip"; }},
      {"src_postfix", [](CacheParams& c) { c.src_postfix = "/cpp"; }},
      {"log_postfix", [](CacheParams& c) { c.log_postfix = "a/b"; }},
      {"inc_postfix", [](CacheParams& c) { c.inc_postfix = "/../.h"; }},
      {"lib_postfix", [](CacheParams& c) { c.lib_postfix = "/"; }},
      {"lib_prefix", [](CacheParams& c) { c.lib_prefix = "../"; }},
      {"lib_basename", [](CacheParams& c) { c.lib_basename = "a/b"; }},
      {"lib_loader", [](CacheParams& c) { c.lib_loader = "cffi"; }},
  }));
  CAPTURE(refused.name);
  Place place;
  refused.set(place.params.cache);
  Jit jit;
  const auto message = [](auto action) { return std::string(thrown<InvalidArgument>(action).what()); };
  const auto names_it = Contains("'cache." + refused.name + "'");
  CHECK_THAT(message([&] { jit.jit("m", place.params, never); }), names_it);
  CHECK_THAT(message([&] { jit.build_shared_library("m", "", "", {}, place.params); }), names_it);
  CHECK_THAT(message([&] { cache::lookup_lib("m", place.params.cache); }), names_it);
  CHECK_THAT(message([&] { cache::load_library("m", place.params.cache); }), names_it);
  CHECK_THAT(message([&] { validate_params(params::as_dict(place.params)); }), names_it);
  CHECK(names_in(place.scratch.path()).empty());
}
