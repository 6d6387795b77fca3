#include "support/split.h"

#include <catch2/catch.hpp>

using dijitso::split;

TEST_CASE("a text has one part more than separators", "[split]") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("a:bc:d", ':') == Parts{"a", "bc", "d"});
  CHECK(split(":a::", ':') == Parts{"", "a", "", ""});
  CHECK(split("a:b", ',') == Parts{"a:b"});
  CHECK(split("", ':') == Parts{""});
}
