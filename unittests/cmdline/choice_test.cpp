#include "cmdline/core/choice.h"

#include "unittests/support/scratch.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;
using namespace dijitso::testing;

namespace {

struct Place : Scratch {
  Place() {
    params.cache_dir = path();
    fs::create_directory(path() / "obj");
  }
  void add(const std::string& name) const { write_text(path() / "obj" / (name + ".o"), "x"); }
  std::string chosen(const std::string& name) const {
    std::string names;
    for (const cache::EntryFile& file : choose(name, params).chosen) names += file.slot.text().substr(0, 4) + " ";
    return names;
  }
  CacheParams params;
};

}  // namespace

TEST_CASE("a module or one of its variants is chosen by name", "[choice]") {
  Place place;
  place.add("form.aaaa000000000000");
  place.add("form.aabb000000000000");
  fs::last_write_time(place.path() / "obj/form.aabb000000000000.o",
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  place.add("form.aa.cccc000000000000");
  CHECK(place.chosen("form") == "aabb aaaa ");
  CHECK(place.chosen("form:aabb000000000000") == "aabb ");
  CHECK(place.chosen("form.aaaa000000000000") == "aaaa ");
  CHECK(place.chosen("form:a") == "aabb aaaa ");
  CHECK(place.chosen("form.aa") == "cccc ");  // the name of a module comes first
  CHECK(place.chosen("form.aa:c") == "cccc ");
  CHECK(choose("form:aaaa", place.params).variants.size() == 2);
}

TEST_CASE("what the cache does not have is told with what it has", "[choice]") {
  Place place;
  CHECK_THROWS_WITH(place.chosen("form"),
                    Catch::EndsWith("has no compiled module 'form', and no other; check the cache directory"));
  place.add("form.aaaa000000000000");
  place.add("element.bbbb000000000000");
  CHECK_THROWS_WITH(
      place.chosen("from"),
      Catch::EndsWith("has no compiled module 'from'; the nearest is 'form', 'show --signatures' lists all"));
  CHECK_THROWS_WITH(place.chosen("from:aaaa"), Catch::Contains("has no compiled module 'from:aaaa'"));
  for (const char* slot : {"b", "", "aaaa0000000000000"})
    CHECK_THROWS_WITH(place.chosen(std::string("form:") + slot),
                      "the module 'form' has no variant '" + std::string(slot) + "'; there is aaaa000000000000");
  CHECK_THROWS_AS(place.chosen("from"), InvalidArgument);
}

TEST_CASE("an entry that is none is not looked into", "[choice]") {
  Place place;
  place.add("form.aaaa000000000000");
  CHECK_THROWS_WITH(verified(choose("form", place.params).chosen.front()),
                    Catch::Contains("form.aaaa000000000000.o' cannot be verified and is not looked into: "));
  CHECK_THROWS_AS(verified(choose("form", place.params).chosen.front()), CacheError);
}
