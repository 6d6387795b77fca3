#include "cmdline/objects/build_facts.h"

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
      R"({"command": "c++ -c", "compiler": "clang", "host": "h", "seconds": {"frontend": 0.5, "optimiser": 1, "codegen": 0.25}, "created_ns": 7})");
  CHECK(facts.command == "c++ -c");
  CHECK(facts.compiler == "clang");
  CHECK(facts.host == "h");
  CHECK(facts.seconds.frontend == 0.5);
  CHECK(facts.seconds.optimiser == 1.0);
  CHECK(facts.seconds.codegen == 0.25);
  CHECK(facts.seconds.sum() == 1.75);
  CHECK(facts.created_ns == 7);
}

TEST_CASE("what the build section does not say is absent", "[build_facts]") {
  for (const char* text : {"", "{", "[1]", "7", R"({"command": 1, "seconds": 2, "created_ns": "x", "host": []})",
                           R"({"seconds": {"frontend": "x"}, "created_ns": 1.5})"}) {
    INFO(text);
    const BuildFacts facts = facts_of(text);
    CHECK(facts.all.is_object());
    CHECK((facts.command + facts.host).empty());
    CHECK(facts.seconds.sum() == 0);
    CHECK_FALSE(facts.created_ns);
  }
}

TEST_CASE("what an older version did not tell apart stays so", "[build_facts]") {
  const CompileSeconds seconds = facts_of(R"({"seconds": {"frontend": 0.5, "backend": 1.5}})").seconds;
  CHECK(seconds.sum() == 2.0);
  CHECK(in_words(seconds) == "frontend 500.0 ms, optimiser and code generation 1.50 s");
  CHECK(in_words({0.5, 0.25, 1, 0}) == "frontend 500.0 ms, optimiser 250.0 ms, code generation 1.00 s");
}

TEST_CASE("times are for people", "[build_facts]") {
  CHECK(as_utc(1'700'000'000'000'000'000) == "2023-11-14 22:13:20 UTC");
  CHECK(human_seconds(0.00152) == "1.5 ms");
  CHECK(human_seconds(12.345) == "12.35 s");
}
