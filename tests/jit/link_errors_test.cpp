// What cannot be generated or linked: the error names the thing and who should have had it, and a mended request then
// works.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

struct OwnException {
  int number;
};

}  // namespace

TEST_CASE("what generate throws arrives as it is, and the claim is released") {
  Place place;
  Jit jit;
  const Generate throws = [](auto&&...) -> Generated { throw OwnException{17}; };
  CHECK(thrown<OwnException>([&] { jit.jit("m", place.params, throws); }).number == 17);
  CHECK(files_below(place.cache).empty());
  CHECK(value(jit.jit("m", place.params, gives_value(1))) == 1);
  CHECK(jit.counters().waits == 0);
  CHECK(jit.counters().compiles == 1);
}

TEST_CASE("modules that generate each other in a circle are an error") {
  Place place;
  Jit jit;
  Generate first, second;
  first = [&](auto&&...) {
    jit.jit("second", place.params, second);
    return Generated{"", value_source(1), {"second"}};
  };
  second = [&](auto&&...) {
    jit.jit("first", place.params, first);
    return Generated{"", value_source(2), {"first"}};
  };
  const auto error = thrown<GenerateFailed>([&] { jit.jit("first", place.params, first); });
  CHECK_THAT(error.what(), Contains("'first'") && Contains("circle"));
  CHECK(files_below(place.cache).empty());
}

TEST_CASE("a module that names itself is an error") {
  Place place;
  Jit jit;
  const auto error = thrown<GenerateFailed>([&] { jit.jit("m", place.params, gives(value_source(1), "", {"m"})); });
  CHECK_THAT(error.what(), Contains("names itself"));
}

TEST_CASE("a dependency that was never built is an error that names both") {
  Place place;
  Jit jit;
  const auto error =
      thrown<GenerateFailed>([&] { jit.jit("user", place.params, gives(value_source(1), "", {"nobody"})); });
  CHECK_THAT(error.what(), Contains("'user'") && Contains("'nobody'"));
  CHECK(jit.counters().compiles == 0);
}

TEST_CASE("a malformed name of a dependency is an error") {
  Place place;
  Jit jit;
  CHECK_THROWS_AS(jit.jit("user", place.params, gives(value_source(1), "", {"../evil"})), InvalidArgument);
  CHECK(files_below(place.cache).empty());
}

TEST_CASE("a symbol of a module that was not named is not used, and the error names both") {
  Place place;
  Jit jit;
  jit.jit("provider", place.params, gives("int provided(int x) { return x; }", "int provided(int);"));
  const auto error = thrown<LinkFailed>([&] {
    jit.jit("user", place.params, gives("int provided(int);\nextern \"C\" int value() { return provided(1); }"));
  });
  CHECK_THAT(error.what(), Contains("provided(int)") && Contains("'user'") && Contains("provider"));
  CHECK(error.missing_symbols() == std::vector<std::string>{"provided(int)"});
}

TEST_CASE("missing symbols are all named, with the dependencies that do not have them") {
  Place place;
  Jit jit;
  jit.jit("base", place.params, gives("int base() { return 1; }", "int base();"));
  const Generate lacking = gives(
      "int one(); namespace n { int two(double); }\n#include <base.h>\n"
      "extern \"C\" int value() { return one() + n::two(1) + base(); }",
      "", {"base"});
  const auto error = thrown<LinkFailed>([&] { jit.jit("user", place.params, lacking); });
  CHECK_THAT(error.what(), Contains("one()") && Contains("n::two(double)") && Contains("'user'") && Contains("base"));
  CHECK(error.missing_symbols().size() == 2);
}

TEST_CASE("after a failure to link, mended parameters work") {
  Place place;
  Jit jit;
  const std::string source =
      "#ifndef MENDED\nint nowhere();\n#else\nstatic int nowhere() { return 3; }\n#endif\n"
      "extern \"C\" int value() { return nowhere(); }";
  CHECK_THROWS_AS(jit.jit("m", place.params, gives(source)), LinkFailed);
  place.params.build.cxxflags.push_back("-DMENDED");
  CHECK(value(jit.jit("m", place.params, gives(source))) == 3);
}

TEST_CASE("two modules may define the same symbol") {
  Place place;
  Jit jit;
  const Library one = jit.jit("one", place.params, gives_value(1)).first;
  const Library two = jit.jit("two", place.params, gives_value(2)).first;
  CHECK(value(one) == 1);
  CHECK(value(two) == 2);
}

TEST_CASE("of a symbol that a module and its dependencies define, the nearest is used") {
  Place place;
  Jit jit;
  jit.jit("first", place.params, gives("extern \"C\" int pick() { return 1; }"));
  jit.jit("second", place.params, gives("extern \"C\" int pick() { return 2; }"));
  const std::string caller = "extern \"C\" int pick();\nextern \"C\" int value() { return pick(); }\n";
  CHECK(value(jit.jit("uses_first", place.params, gives(caller, "", {"first", "second"}))) == 1);
  CHECK(value(jit.jit("uses_second", place.params, gives(caller, "", {"second", "first"}))) == 2);
  CHECK(value(jit.jit("uses_own", place.params,
                      gives(caller + "extern \"C\" int pick() { return 3; }", "", {"first"}))) == 3);
}

TEST_CASE("a symbol defined twice in one module is an error of the compiler") {
  Place place;
  Jit jit;
  const auto error =
      thrown<CompileFailed>([&] { jit.jit("m", place.params, gives(value_source(1) + value_source(2))); });
  CHECK_THAT(error.what(), Contains("redefinition") && Contains("m.cpp:2"));
}

TEST_CASE("host libraries are searched, and one that is not there is an error") {
  Place place;
  Jit jit;
  place.params.build.libs = {"z"};
  const Generate uses_zlib = gives(
      "extern \"C\" const char* zlibVersion();\n"
      "extern \"C\" int value() { return zlibVersion()[0]; }");
  CHECK(value(jit.jit("uses_zlib", place.params, uses_zlib)) == '1');
  place.params.build.libs = {"no-such-library"};
  const auto error = thrown<LinkFailed>([&] { jit.jit("uses_zlib", place.params, uses_zlib); });
  CHECK_THAT(error.what(), Contains("no-such-library"));
}
