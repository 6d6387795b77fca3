// Precompiled headers in the cache: found and damaged there, shared with other processes, or without a place on disk.
#include "pch_place.h"
#include "unittests/support/file_systems.h"

#include <dijitso/cache.h>

#include <catch2/catch.hpp>

#include <chrono>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// For a child process, like expect(): throws when later modules do not use what the second one makes.
void later_modules_use_them(const PchPlace& place) {
  Jit jit;
  for (int number = 1; number <= 3; ++number)
    expect(value(jit.jit("m" + std::to_string(number), place.params, with_headers(number))) == number, "wrong answer");
  expect(jit.counters().precompiled == 2, "not used");
}

// As a process does that compiles one module.
void leave_mark(const PchPlace& place) { Jit().jit("first", place.params, with_headers(1)); }

}  // namespace

TEST_CASE("damaged precompiled headers are put aside and made again") {
  PchPlace place;
  make_pch(place);
  const std::string file = files_below(place.cache / "pch").at(0);
  std::string bytes = read_text(place.cache / "pch" / file);
  bytes[bytes.size() / 2] ^= 1;
  fs::remove(place.cache / "pch" / file);
  write_text(place.cache / "pch" / file, bytes);
  const Warnings warnings;
  Jit jit;
  CHECK(value(jit.jit("b", place.params, with_headers(2))) == 2);
  CHECK_THAT(warnings.only(), Contains("its digest does not match") && Contains("/pch/"));
  CHECK(jit.counters().precompiled == 0);
  CHECK(jit.counters().quarantined == 1);
  jit.jit("c", place.params, with_headers(3));
  CHECK(jit.counters().precompiled == 1);
}

TEST_CASE("build.pch is no part of the key") {
  PchPlace place;
  make_pch(place);
  place.params.build.pch = "off";
  Jit jit;
  CHECK(value(jit.jit("a", place.params, never)) == 1);
}

TEST_CASE("without a cache that can be written, precompiled headers are kept in memory") {
  PchPlace place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          mount_small(place.cache, "8m");
          make_read_only(place.cache);
          const Warnings warnings;
          later_modules_use_them(place);
          expect(warnings.all().size() == 1, "not one warning: " + warnings.only());
        }) == "");
}

TEST_CASE("precompiled headers are a category of the cache") {
  PchPlace place;
  make_pch(place);
  const auto found = cache::glob_cache(place.params.cache, {"pch"});
  REQUIRE(found.at("pch").size() == 1);
  CHECK_THAT(found.at("pch").front(), Contains("/pch/prelude."));
  CHECK(cache::check_cache_integrity(place.params.cache).empty());
  cache::clean_cache(place.params.cache, false, {"pch"});
  CHECK(pch_files(place) == 0);
  Jit jit;
  CHECK(value(jit.jit("a", place.params, never)) == 1);
}

TEST_CASE("precompiled headers in a read-only directory are used, and nothing is written there") {
  PchPlace place;
  make_pch(place);
  const fs::path shipped = place.scratch / "shipped";
  fs::rename(place.cache, shipped);
  const auto before = fs::last_write_time(shipped / "pch" / files_below(shipped / "pch").at(0));
  place.params.cache.readonly_dirs = {shipped.string()};
  Jit jit;
  CHECK(value(jit.jit("b", place.params, with_headers(2))) == 2);
  CHECK(jit.counters().precompiled == 1);
  CHECK(pch_files(place) == 0);
  CHECK(fs::last_write_time(shipped / "pch" / files_below(shipped / "pch").at(0)) == before);
}

TEST_CASE("a use of precompiled headers is noted in their time") {
  PchPlace place;
  make_pch(place);
  const fs::path file = place.cache / "pch" / files_below(place.cache / "pch").at(0);
  const auto past = fs::file_time_type::clock::now() - std::chrono::hours(24);
  fs::last_write_time(file, past);
  Jit jit;
  jit.jit("b", place.params, with_headers(2));
  CHECK(jit.counters().precompiled == 1);
  CHECK(fs::last_write_time(file) > past + std::chrono::hours(23));
}

TEST_CASE("what another process is making is not made a second time") {
  PchPlace place;
  make_pch(place);
  const std::string name = files_below(place.cache / "pch").at(0);
  fs::remove(place.cache / "pch" / name);
  leave_mark(place);
  const fs::path claim = place.cache / "claims" / name.substr(0, name.size() - 2);  // without ".o"
  write_text(claim, "dijitso claim 1\nhost elsewhere\nboot 1\nnamespace 1\npid 1\nstart 0\nid elsewhere.1-1-1\n");
  Jit jit;
  CHECK(value(jit.jit("b", place.params, with_headers(2))) == 2);
  CHECK(pch_files(place) == 0);
  fs::remove(claim);
  jit.jit("c", place.params, with_headers(3));
  CHECK(pch_files(place) == 1);
  CHECK(jit.counters().precompiled == 1);
}

TEST_CASE("when there is no room for precompiled headers they are used from memory") {
  PchPlace place;
  CHECK(in_child([&] {
          fs::create_directory(place.cache);
          mount_small(place.cache, "1m");
          const Warnings warnings;
          later_modules_use_them(place);
          expect(pch_files(place) == 0, "a file is there");
          expect(files_below(place.cache / "tmp").empty(), "a temporary file is left");
        }) == "");
}
