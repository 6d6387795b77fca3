// dijitso::compile: a text without a name, from memory, from the cache, with dependencies; and what it exports.
#include "tests/support/modules.h"

#include <dijitso/compile.h>
#include <dijitso/prototypes.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

const std::string twice = "double f(double x) { return 2 * x; }";

struct Added {
  Counters before = default_jit().counters();
  std::uint64_t compiles() const { return default_jit().counters().compiles - before.compiles; }
};

}  // namespace

TEST_CASE("a text is compiled, and found again in memory and in the cache", "[compile]") {
  Place place;
  const Added added;
  const Library lib = compile(twice, {.params = place.params});
  CHECK(lib.function<double(double)>("f")(21) == 42);
  CHECK_THAT(lib.signature(), Catch::Matchers::StartsWith("text_"));
  CHECK(compile(twice, {.params = place.params}) == lib);
  default_jit().forget();
  const Library again = compile(twice, {.params = place.params});
  CHECK(again.signature() == lib.signature());
  CHECK(again.prototypes().exports.size() == 1);
  CHECK(added.compiles() == 1);
}

TEST_CASE("what a text is compiled with is part of its name", "[compile]") {
  Place place;
  const auto signature = [&](CompileOptions options) {
    options.params = place.params;
    return compile(twice, options).signature();
  };
  const std::string plain = signature({});
  CHECK(signature({.flags = {"-O1"}}) != plain);
  CHECK(signature({.standard = "c++17"}) != plain);
  CHECK(signature({.language = "c"}) != plain);
  CHECK(signature({.dependencies = {compile("int g() { return 1; }", {.params = place.params})}}) != plain);
  CHECK_THAT(signature({.name = "my text!"}), Catch::Matchers::StartsWith("my_text__"));
}

TEST_CASE("functions and variables are found by their names in C++", "[compile]") {
  Place place;
  const Library lib = compile(R"(
    int counter = 3;
    namespace n { int f(int x) { return x + counter; } }
    int over(int) { return 1; }
    int over(double) { return 2; }
    extern "C" { int c_one() { return 4; } })",
                              {.params = place.params});
  CHECK(lib.function<int(int)>("n::f")(1) == 4);
  *lib.variable<int>("counter") = 10;
  CHECK(lib.function<int(int)>("_ZN1n1fEi")(1) == 11);
  CHECK(lib.function<int()>("c_one")() == 4);
  CHECK(lib.find("n::f") == nullptr);  // a linker name only
  const auto overloaded = thrown<LinkFailed>([&] { lib.address("over"); });
  CHECK_THAT(overloaded.what(), Contains("'over' is overloaded") && Contains("_Z4overd is int over(double)"));
  CHECK(lib.function<int(double)>("_Z4overd")(1) == 2);
  CHECK_THAT(thrown<LinkFailed>([&] { lib.address("none"); }).what(), Contains("does not define 'none'"));
}

TEST_CASE("prototypes are known for every tier, and for modules of jit", "[compile]") {
  Place place;
  const auto declarations = [](const Library& lib) {
    std::string all;
    for (const Prototype& one : lib.prototypes().exports) all += one.declaration + ";";
    return all;
  };
  for (const char* tier : {"full", "quick", "auto"}) {
    place.params.build.tier = tier;
    default_jit().forget();
    CHECK(declarations(compile(twice, {.params = place.params})) == "double f(double x);");
  }
  Jit jit;
  CHECK(declarations(jit.jit("m", place.params, gives_value(3)).first) == "int value();");
  CHECK_THAT(thrown<InvalidArgument>([] { Library().prototypes(); }).what(), Contains("empty"));
}

TEST_CASE("a text uses its dependencies, libraries and headers", "[compile]") {
  Place place;
  write_text(place.scratch / "number.h", "#define NUMBER 5\n");
  const Library base = compile(twice, {.params = place.params});
  const Library lib = compile("#include \"number.h\"\ndouble f(double); double g() { return f(NUMBER + K); }",
                              {.flags = {"-DK=2"},
                               .include_dirs = {place.scratch.path().string()},
                               .libraries = {"m"},
                               .dependencies = {base},
                               .params = place.params});
  CHECK(lib.function<double()>("g")() == 14);
  CHECK_THAT(thrown<LinkFailed>([&] { compile("int h(); int g() { return h(); }", {.params = place.params}); }).what(),
             Contains("h()"));
}

TEST_CASE("C, and debug code", "[compile]") {
  Place place;
  CHECK(compile("int f(void) { int new = 3; return new; }", {.language = "c", .params = place.params})
            .function<int()>("f")() == 3);
  place.params.build.debug = true;
  const Library lib =
      compile("int f() {\n#ifdef __OPTIMIZE__\n  return 1;\n#else\n  return 0;\n#endif\n}", {.params = place.params});
  CHECK(lib.function<int()>("f")() == 0);
  const auto refused = thrown<InvalidArgument>([&] { compile("", {.language = "fortran", .params = place.params}); });
  CHECK_THAT(refused.what(), Contains("must be 'c' or 'c++', not 'fortran'"));
}

TEST_CASE("a file is compiled, and messages refer to its lines", "[compile]") {
  Place place;
  write_text(place.scratch / "two words.c", "#include \"inner.h\"\nint f(void) { return INNER; }\n");
  write_text(place.scratch / "inner.h", "#define INNER 7\n");
  const Library lib = compile_file((place.scratch / "two words.c").string(), {.params = place.params});
  CHECK(lib.function<int()>("f")() == 7);
  CHECK_THAT(lib.signature(), Catch::Matchers::StartsWith("two_words_"));

  const std::string file = (place.scratch / "wrong.cpp").string();
  write_text(file, "int f() {\n  return nothing;\n}\n");
  const auto failure = thrown<CompileFailed>([&] { compile_file(file, {.params = place.params}); });
  CHECK_THAT(failure.what(), Contains(file + ":2:10: error"));
  REQUIRE(failure.diagnostics().size() == 1);
  CHECK(failure.diagnostics()[0].file == file);
  CHECK(failure.diagnostics()[0].line == 2);
  const auto missing = thrown<InvalidArgument>([] { compile_file("/nonexistent/f.cpp"); });
  CHECK_THAT(missing.what(), Contains("cannot read the file '/nonexistent/f.cpp'"));
  const auto endless = thrown<InvalidArgument>([] { compile_file("/dev/zero"); });
  CHECK_THAT(endless.what(), Contains("cannot compile '/dev/zero': it is not a regular file"));
}

TEST_CASE("parameters are loaded, and their members set", "[compile]") {
  Params params = Params::load();
  CHECK(params == validate_params({}));
}
