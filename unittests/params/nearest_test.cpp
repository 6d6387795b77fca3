#include "params/nearest.h"

#include <catch2/catch.hpp>

using dijitso::params::edit_distance;
using dijitso::params::nearest;

TEST_CASE("edit distance counts inserted, removed and replaced letters", "[params]") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("debug", "debug") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("debgu", "debug") == 2);
  CHECK(edit_distance("src_storag", "src_storage") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is the first of those with the smallest distance", "[params]") {
  CHECK(nearest("cach", {"build", "cache", "generator"}) == "cache");
  CHECK(nearest("ab", {"aa", "bb"}) == "aa");
  CHECK(nearest("x", {}).empty());
  CHECK(nearest(std::string(100000, 'x'), {"one", "xx"}) == "xx");
}
