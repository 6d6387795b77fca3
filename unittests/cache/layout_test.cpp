#include "cache/format/layout.h"

#include "cache/format/precompiled.h"
#include "cache/prune/pins.h"
#include "params/own_directories.h"
#include "unittests/cache/store_fixture.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>
#include <set>

using namespace dijitso;
using namespace dijitso::cache;

namespace {

Layout layout_in(const std::string& root) {
  CacheParams params;
  params.cache_dir = root;
  return Layout(params);
}

}  // namespace

TEST_CASE("a slot is the beginning of a digest, in names 16 digits", "[layout]") {
  const Slot slot = blake3("");
  CHECK(slot.text() == "af1349b9f5f9a1a6");
  CHECK((Slot::from_text("af1349b9f5f9a1a6") == slot));
  for (const char* text : {"", "af1349b9f5f9a1a", "af1349b9f5f9a1a60", "AF1349B9F5F9A1A6", "af1349b9f5f9a1ag"})
    CHECK_FALSE(Slot::from_text(text));
  const auto name = parse_variant_name("a.b.af1349b9f5f9a1a6");
  REQUIRE(name);
  CHECK(name->signature == "a.b");
  CHECK((name->slot == slot));
  for (const char* text : {"", "af1349b9f5f9a1a6", ".af1349b9f5f9a1a6", "a.af1349b9f5f9a1a6.o"})
    CHECK_FALSE(parse_variant_name(text));
}

TEST_CASE("the read-only directories come after the cache itself, with its folders", "[layout]") {
  CacheParams params;
  params.cache_dir = "/c";
  params.obj_dir = "objects";
  params.readonly_dirs = {"/site", "/other"};
  std::vector<std::string> dirs;
  for (const Layout& layer : layers_of(params)) dirs.push_back(layer.obj_dir());
  CHECK(dirs == std::vector<std::string>{"/c/objects", "/site/objects", "/other/objects"});
}

TEST_CASE("files have the documented names", "[layout]") {
  Layout layout = layout_in("/c");
  Digest slot = blake3("");
  CHECK(layout.root() == "/c");
  CHECK(layout.obj_file("sig", slot) == "/c/obj/sig.af1349b9f5f9a1a6.o");
  CHECK(layout.claim_file("sig", slot) == "/c/claims/sig.af1349b9f5f9a1a6");
  CHECK(layout.inc_file("sig") == "/c/include/sig.h");
  CHECK(layout.src_file("sig") == "/c/src/sig.cpp");
  CHECK(layout.log_file("sig") == "/c/log/sig.txt");
  CHECK(layout.lib_file("sig") == "/c/lib/libdijitso-sig.so");
  CHECK(layout.temp_dir() == "/c/tmp");
  CHECK(layout.claims_dir() == "/c/claims");
  CHECK(layout.quarantine_dir() == "/c/quarantine");
}

TEST_CASE("a full cache contains what parameters name, and the directories that none may name", "[layout]") {
  const testing::CachePlace place;
  Store store(place.params);
  REQUIRE(testing::publish(store, testing::sample_bytes()));
  REQUIRE_FALSE(store.publish_library(testing::signature, as_bytes("library")));
  Store precompiled(params_of_precompiled(place.params));
  REQUIRE(testing::publish(precompiled, testing::sample_bytes()));
  REQUIRE(pin(testing::signature, place.params));
  store.usage().compiled(1);
  store.usage().save();
  const CacheParams& names = place.params;
  std::set<std::string> expected = {names.obj_dir, names.inc_dir, names.src_dir,
                                    names.lib_dir, names.log_dir, "CACHEDIR.TAG"};
  expected.insert(params::own_directories.begin(), params::own_directories.end());
  std::set<std::string> found;
  for (const auto& one : testing::fs::directory_iterator(place.root())) found.insert(one.path().filename());
  CHECK(found == expected);
}

TEST_CASE("directories with absolute names lie elsewhere", "[layout]") {
  CacheParams params;
  params.cache_dir = "/c";
  params.inc_dir = "/elsewhere/inc";
  params.lib_prefix = "";
  params.lib_basename = "";
  Layout layout(params);
  CHECK(layout.inc_file("sig") == "/elsewhere/inc/sig.h");
  CHECK(layout.lib_file("sig") == "/c/lib/sig.so");
}

TEST_CASE("signatures of the documented form are accepted", "[layout]") {
  for (const char* signature : {"a", "ffc_form_0123456789abcdef", "A.b+c-d_9", "_x", "9", "+"})
    CHECK_NOTHROW(check_signature(signature));
  CHECK_NOTHROW(check_signature(std::string(200, 'a')));
}

TEST_CASE("signatures that could leave the directory, or confuse, are refused with the reason", "[layout]") {
  const std::vector<std::pair<std::string, std::string>> cases{{"", "it is empty"},
                                                               {std::string(201, 'a'), "longer than 200"},
                                                               {".", "starts with '.'"},
                                                               {"../x", "starts with '.'"},
                                                               {"-x", "starts with '-'"},
                                                               {"a/b", "other characters"},
                                                               {"a b", "other characters"},
                                                               {"a\nb", "other characters"},
                                                               {std::string("a\0b", 3), "other characters"},
                                                               {"a;rm", "other characters"},
                                                               {"\xc3\xa4", "other characters"}};
  Layout layout = layout_in("/c");
  for (const auto& [signature, reason] : cases) {
    CHECK_THROWS_WITH(check_signature(signature), Catch::Contains(reason));
    CHECK_THROWS_AS(layout.obj_file(signature, Digest()), InvalidArgument);
    CHECK_THROWS_AS(layout.claim_file(signature, Digest()), InvalidArgument);
    CHECK_THROWS_AS(layout.inc_file(signature), InvalidArgument);
    CHECK_THROWS_AS(layout.src_file(signature), InvalidArgument);
    CHECK_THROWS_AS(layout.log_file(signature), InvalidArgument);
    CHECK_THROWS_AS(layout.lib_file(signature), InvalidArgument);
  }
  CHECK_THROWS_WITH(check_signature("a\nb"), Catch::Contains("'a\\x0ab'"));
}
