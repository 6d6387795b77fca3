// What the functions of the module `cache` do about modules that are loaded.
#include "tests/support/modules.h"

#include <dijitso/cache.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using cache::clean_cache;
using cache::load_library;
using cache::lookup_lib;

namespace {

// The entries get times of their own, a minute apart, in the order of publication.
void age(const fs::path& cache) {
  for (const auto& file : fs::directory_iterator(cache / "obj"))
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::minutes(1));
}

}  // namespace

TEST_CASE("a cleaned cache is not answered for from memory, and libraries in use stay valid") {
  const Place place;
  const Place other;
  const auto before = jit("m", place.params, gives_value(1));
  const auto elsewhere = jit("m", other.params, gives_value(10));
  const auto listed = clean_cache(place.params.cache);
  CHECK(listed.at("obj").size() == 1);
  CHECK(listed.at("inc").empty());
  CHECK(listed.at("src").size() == 1);
  CHECK(value(jit("m", place.params, never)) == 1);

  CHECK(clean_cache(place.params.cache, false) == listed);
  CHECK(files_below(place.cache / "obj").empty());
  CHECK_FALSE(lookup_lib("m", place.params.cache));
  CHECK(value(jit("m", place.params, gives_value(2))) == 2);
  CHECK(value(before) == 1);
  CHECK(value(jit("m", other.params, never)) == 10);
}

TEST_CASE("cleaning other categories leaves the modules") {
  const Place place;
  jit("m", place.params, gives_value(1));
  const auto removed = clean_cache(place.params.cache, false, {"inc", "src", "log"});
  CHECK_FALSE(removed.contains("obj"));
  CHECK(files_below(place.cache / "src").empty());
  CHECK(value(jit("m", place.params, never)) == 1);
  CHECK_THROWS_AS(clean_cache(place.params.cache, false, {"libs"}), InvalidArgument);
  CHECK(clean_cache(place.params.cache, false, {"obj"}).at("obj").size() == 1);
  CHECK(value(jit("m", place.params, gives_value(2))) == 2);
}

TEST_CASE("load_library reads the disk, and lookup_lib the memory first") {
  const Place place;
  jit("base", place.params, gives("int base() { return 40; }", "int base();"));
  jit("m", place.params, gives("#include \"base.h\"\nextern \"C\" int value() { return base() + 2; }", "", {"base"}));
  default_jit().forget(place.params.cache.cache_dir);

  const auto loaded = load_library("m", place.params.cache);
  REQUIRE(loaded);
  CHECK(value(*loaded) == 42);
  CHECK(loaded->signature() == "m");
  CHECK(lookup_lib("m", place.params.cache) == loaded);
  CHECK(load_library("m", place.params.cache) == loaded);
  // From memory alone.
  fs::remove_all(place.cache);
  CHECK(lookup_lib("m", place.params.cache) == loaded);
  CHECK_FALSE(load_library("m", place.params.cache));
  CHECK_FALSE(lookup_lib("unknown", place.params.cache));
  CHECK_THROWS_AS(lookup_lib("../m", place.params.cache), InvalidArgument);
  CHECK_THROWS_AS(load_library("", place.params.cache), InvalidArgument);
}

TEST_CASE("of several variants the newest is loaded, and a damaged one is passed over") {
  const Place place;
  Params other = place.params;
  other.generator["variant"] = 2;
  jit("m", place.params, gives_value(1));
  const fs::path older = only_entry(place.cache);
  age(place.cache);
  jit("m", other, gives_value(2));
  default_jit().forget(place.params.cache.cache_dir);
  CHECK(value(*load_library("m", place.params.cache)) == 2);

  default_jit().forget(place.params.cache.cache_dir);
  for (const auto& file : fs::directory_iterator(place.cache / "obj"))
    if (file.path() != older) write_text(file.path(), "garbage");
  const Warnings warnings;
  CHECK(value(*load_library("m", place.params.cache)) == 1);
  CHECK_THAT(warnings.only(), Catch::Contains("damaged"));
}

TEST_CASE("a module whose header was edited is not loaded any more") {
  const Place place;
  Params params = place.params;
  params.build.include_dirs = {place.scratch.path()};
  write_text(place.scratch / "number.h", "#define NUMBER 1\n");
  jit("m", params, gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }"));
  default_jit().forget(params.cache.cache_dir);
  CHECK(value(*load_library("m", params.cache)) == 1);
  default_jit().forget(params.cache.cache_dir);
  write_text(place.scratch / "number.h", "#define NUMBER 2\n");
  CHECK_FALSE(load_library("m", params.cache));
}

TEST_CASE("what jit leaves in the cache is intact") {
  const Place place;
  jit("base", place.params, gives("int base() { return 40; }", "int base();"));
  jit("m", place.params, gives("#include \"base.h\"\nextern \"C\" int value() { return base(); }", "", {"base"}));
  CHECK(cache::check_cache_integrity(place.params.cache).empty());
  CHECK(value(*lookup_lib("m", place.params.cache)) == 40);
}
