#include "cmdline/core/amounts.h"

#include <dijitso/cmdline.h>

#include <catch2/catch.hpp>

using namespace dijitso::cmdline;

TEST_CASE("sizes have units of 1024", "[amounts]") {
  CHECK(parse_size("0", "--s") == 0);
  CHECK(parse_size("1500", "--s") == 1500);
  CHECK(parse_size("500K", "--s") == 512000);
  CHECK(parse_size("1.5G", "--s") == 1610612736);
  CHECK(parse_size("2T", "--s") == 2199023255552);
  for (const char* text : {"", "K", "-1", "1k", "1KB", "1 K", "x", "nan", "inf", "1e3", "99999999999T", "0x10"})
    CHECK_THROWS_AS(parse_size(text, "--s"), UsageError);
  CHECK_THROWS_WITH(parse_size("5q", "--max-size"), Catch::StartsWith("--max-size: '5q' is not a size"));
}

TEST_CASE("ages have a unit", "[amounts]") {
  CHECK(parse_age("0s", "--a").count() == 0);
  CHECK(parse_age("90s", "--a").count() == 90);
  CHECK(parse_age("30m", "--a").count() == 1800);
  CHECK(parse_age("12h", "--a").count() == 43200);
  CHECK(parse_age("30d", "--a").count() == 2592000);
  CHECK(parse_age("2w", "--a").count() == 1209600);
  for (const char* text : {"", "30", "d", "-1d", "1y", "99999999999999d"})
    CHECK_THROWS_AS(parse_age(text, "--a"), UsageError);
}

TEST_CASE("ages are shown in whole units", "[amounts]") {
  CHECK(human_age(5) == "5 s");
  CHECK(human_age(125) == "2 min");
  CHECK(human_age(7200) == "2 h");
  CHECK(human_age(86400 * 40) == "40 d");
}
