#include "cmdline/build_facts.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cmdline;

namespace {

BuildFacts facts_of(const std::string& build_info) {
  cache::Entry entry;
  entry.build_info = build_info;
  return build_facts(entry);
}

}  // namespace

TEST_CASE("what the build section says", "[build_facts]") {
  const BuildFacts facts = facts_of(
      R"({"command": "c++ -c", "compiler": "clang", "host": "h", "seconds": {"frontend": 0.5, "backend": 1}, "created_ns": 7})");
  CHECK(facts.command == "c++ -c");
  CHECK(facts.compiler == "clang");
  CHECK(facts.host == "h");
  CHECK(facts.frontend_seconds == 0.5);
  CHECK(facts.backend_seconds == 1.0);
  CHECK(facts.created_ns == 7);
}

TEST_CASE("what the build section does not say is absent", "[build_facts]") {
  for (const char* text : {"", "{", "[1]", "7", R"({"command": 1, "seconds": 2, "created_ns": "x", "host": []})",
                           R"({"seconds": {"frontend": "x"}, "created_ns": 1.5})"}) {
    INFO(text);
    const BuildFacts facts = facts_of(text);
    CHECK(facts.all.is_object());
    CHECK((facts.command + facts.host).empty());
    CHECK_FALSE(facts.frontend_seconds);
    CHECK_FALSE(facts.backend_seconds);
    CHECK_FALSE(facts.created_ns);
  }
}

TEST_CASE("times are for people", "[build_facts]") {
  CHECK(as_utc(1'700'000'000'000'000'000) == "2023-11-14 22:13:20 UTC");
  CHECK(human_seconds(0.00152) == "1.5 ms");
  CHECK(human_seconds(12.345) == "12.35 s");
}
