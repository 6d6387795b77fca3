#include "cmdline/browse/usage.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;
using cache::Use;
using cache::UseCounts;

TEST_CASE("the ratio of hits is that of hits among hits and misses", "[usage]") {
  UseCounts counts{};
  CHECK_FALSE(hit_ratio(counts));
  counts[Use::compiles] = 1;
  CHECK(hit_ratio(counts) == 0.0);
  counts[Use::memory_hits] = 1;
  counts[Use::disk_hits] = 2;
  CHECK(hits(counts) == 3);
  CHECK(hit_ratio(counts) == 0.75);
}

TEST_CASE("days and seconds for people", "[usage]") {
  CHECK(as_text(20261127) == "2026-11-27");
  UseCounts counts{};
  counts[Use::saved_us] = 2500000;
  CHECK(seconds(counts, Use::saved_us) == 2.5);
}

TEST_CASE("the days are a list, oldest first", "[usage]") {
  cache::UsageHistory history;
  history.days[20261201][Use::compiles] = 1;
  history.days[20261130][Use::disk_hits] = 1;
  const nlohmann::ordered_json days = as_json(history);
  REQUIRE(days.size() == 2);
  CHECK(days[0]["day"] == "2026-11-30");
  CHECK(days[0]["hit_ratio"] == 1.0);
  CHECK(days[1]["misses"] == 1);
}
