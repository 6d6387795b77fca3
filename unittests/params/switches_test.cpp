// DIJITSO_PERF and DIJITSO_TRACE, the switches that are no parameters.
#include "params/layers.h"

#include <dijitso/error.h>
#include <catch2/catch.hpp>

using namespace dijitso;
using params::perf_map_is_wanted;

TEST_CASE("DIJITSO_PERF is a boolean, and false when it is not set") {
  CHECK_FALSE(perf_map_is_wanted({}));
  CHECK_FALSE(perf_map_is_wanted({{"DIJITSO_PERF", ""}}));
  for (const char* yes : {"1", "true", "Yes", "on"}) CHECK(perf_map_is_wanted({{"DIJITSO_PERF", yes}}));
  for (const char* no : {"0", "false", "No", "off"}) CHECK_FALSE(perf_map_is_wanted({{"DIJITSO_PERF", no}}));
}

TEST_CASE("any other value of DIJITSO_PERF is an error that names it") {
  CHECK_THROWS_AS(perf_map_is_wanted({{"DIJITSO_PERF", "2"}}), InvalidArgument);
  CHECK_THROWS_WITH(perf_map_is_wanted({{"DIJITSO_PERF", "jitdump"}}),
                    "the environment variable DIJITSO_PERF must be true or false (also yes/no, on/off, 1/0), not "
                    "'jitdump'");
}

TEST_CASE("DIJITSO_TRACE names a file, and none when it is not set") {
  CHECK(params::trace_file({}).empty());
  CHECK(params::trace_file({{"DIJITSO_TRACE", ""}}).empty());
  CHECK(params::trace_file({{"DIJITSO_TRACE", "t-%p.json"}}) == "t-%p.json");
}
