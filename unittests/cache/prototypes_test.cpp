#include "cache/format/prototypes.h"

#include "cache/format/entry.h"
#include "unittests/cache/sample_entry.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

TEST_CASE("prototypes are read from their text", "[prototypes]") {
  const Prototypes all = read_prototypes(
      "struct\tn::point\t16\tf8 0 x\tpo 8 next\n"
      "function\tf\t_Z1fiz\tdouble f(int a, ...)\tf8\ti4\t...\n"
      "function\tg\tg\tvoid g()\tv\n"
      "variable\tc\tc\tint c\ti4\n");
  REQUIRE(all.exports.size() == 3);
  CHECK(all.exports[0].name == "f");
  CHECK(all.exports[0].symbol == "_Z1fiz");
  CHECK(all.exports[0].declaration == "double f(int a, ...)");
  CHECK(all.exports[0].type == "f8");
  CHECK(all.exports[0].parameters == std::vector<std::string>{"i4"});
  CHECK(all.exports[0].is_variadic);
  CHECK(all.exports[1].parameters.empty());
  CHECK_FALSE(all.exports[1].is_variadic);
  CHECK(all.exports[2].kind == Prototype::Kind::variable);
  REQUIRE(all.structures.size() == 1);
  CHECK(all.structures[0].name == "n::point");
  CHECK(all.structures[0].size == 16);
  REQUIRE(all.structures[0].fields.size() == 2);
  CHECK(all.structures[0].fields[1].type == "po");
  CHECK(all.structures[0].fields[1].offset == 8);
  CHECK(all.structures[0].fields[1].name == "next");
}

TEST_CASE("lines that are not known are passed over", "[prototypes]") {
  CHECK(read_prototypes("").exports.empty());
  const Prototypes all =
      read_prototypes("module\tx\nfunction\tf\nvariable\ta\tb\tc\ti4\textra\n\nfunction\tg\tg\tvoid g()\tv");
  REQUIRE(all.exports.size() == 1);
  CHECK(all.exports[0].name == "g");
  // A structure keeps its number.
  for (const char* malformed : {"struct\n", "struct\ta\tx\n", "struct\ta\t8\tf8 0\n", "struct\ta\t8\tf8 y x\n"}) {
    const Prototypes some = read_prototypes(malformed);
    REQUIRE(some.structures.size() == 1);
    CHECK(some.structures[0].fields.empty());
  }
}

TEST_CASE("an export is found by its linker name, or by its only name", "[prototypes]") {
  const Prototypes all = read_prototypes(
      "function\tf\tg\tvoid f()\tv\n"
      "function\tg\t_Z1gv\tvoid g()\tv\n"
      "function\th\t_Z1hi\tvoid h(int)\tv\ti4\n"
      "function\th\t_Z1hd\tvoid h(double)\tv\tf8\n");
  CHECK(all.find("g")->declaration == "void f()");
  CHECK(all.find("f")->symbol == "g");
  CHECK(all.find("_Z1hd")->declaration == "void h(double)");
  CHECK(all.find("i") == nullptr);
  CHECK_THROWS_AS(all.find("h"), LinkFailed);
}

TEST_CASE("an entry without prototypes is read, and has no section for them", "[prototypes]") {
  Entry entry = sample_entry();
  CHECK(prototypes_of(encode(entry, sample_object())) == entry.prototypes);
  entry.prototypes.clear();
  const Bytes bytes = encode(entry, sample_object());
  CHECK(prototypes_of(bytes).empty());
  CHECK(as_text(bytes).find(".dijitso.prototypes") == std::string_view::npos);
  CHECK(same(std::get<Entry>(decode(bytes)), entry));
}
