// The table of a module's exports.
#include "orc/exports.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using dijitso::orc::Exports;

TEST_CASE("exports are found by their whole names") {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("f" + std::to_string(i));
  std::vector<Exports::Named> symbols;
  for (std::uintptr_t i = 0; i < names.size(); ++i) symbols.push_back({names[i], {i, i % 2 == 1}});
  const Exports exports(symbols);
  names.assign(names.size(), "changed");
  for (std::uintptr_t i = 0; i < 1000; ++i) {
    const auto* found = exports.find("f" + std::to_string(i));
    REQUIRE(found);
    CHECK(found->value == i);
    CHECK(found->thread_local_variable == (i % 2 == 1));
  }
  for (const char* name : {"", "f", "f1000", "f99 ", "changed"}) CHECK(!exports.contains(name));
}

TEST_CASE("of two exports with one name the last counts") {
  const Exports exports({{"f", {1, false}}, {"g", {2, false}}, {"f", {3, true}}});
  REQUIRE(exports.contains("f"));
  CHECK(exports.find("f")->value == 3);
}

TEST_CASE("a table of no exports finds nothing") {
  CHECK(!Exports().contains("f"));
  CHECK(!Exports(std::vector<Exports::Named>()).contains("f"));
}
