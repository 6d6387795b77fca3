// The main path: text in, callable functions out; from memory, from the cache, with dependencies.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <complex>
#include <optional>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

TEST_CASE("a module is generated, compiled, cached and called", "[mdwe]") {
  Place place;
  Jit jit;
  std::string name_seen, signature_seen;
  std::optional<Value> parameter_seen;
  place.params.generator["degree"] = 3;
  const auto [library, signature] =
      jit.jit("hello_1.a+b-c", place.params,
              [&](const std::string& name, const std::string& given, const GeneratorParams& generator) {
                name_seen = name;
                signature_seen = given;
                parameter_seen = generator.at("degree");
                return Generated{"", "extern \"C\" double twice(double x) { return 2 * x; }", {}};
              });
  CHECK(signature == "hello_1.a+b-c");
  CHECK(library.signature() == signature);
  CHECK(library.function<double(double)>("twice")(21) == 42);
  CHECK(name_seen == signature);
  CHECK(signature_seen == signature);
  CHECK(parameter_seen == Value(3));
  CHECK(names_in(place.cache / "obj").size() == 1);
  CHECK(files_below(place.cache / "tmp").empty());
  CHECK(files_below(place.cache / "claims").empty());
}

TEST_CASE("the documented form takes the object to translate") {
  Place place;
  const int form = 7;
  const auto answer = dijitso::jit(form, "form", place.params,
                                   [](int jitable, const std::string&, const std::string&, const GeneratorParams&) {
                                     return Generated{"", value_source(jitable), {}};
                                   });
  CHECK(value(answer) == 7);
  CHECK(answer == dijitso::jit("form", place.params, never));
}

TEST_CASE("C is compiled by its postfix or by the language parameter") {
  Place place;
  Jit jit;
  // Valid C that is not valid C++.
  const Generate c = gives("int value(void) { int class = 5; int *p = (void *)&class; return *p; }");
  SECTION("postfix") { place.params.cache.src_postfix = ".c"; }
  SECTION("language") { place.params.build.language = "c"; }
  place.params.build.cxxflags = {"-std=c99", "-fPIC"};
  CHECK(value(jit.jit("c_module", place.params, c)) == 5);
}

TEST_CASE("C is compiled with the default flags, as gnu17 and without a warning") {
  Place place;
  const Warnings warnings;
  Jit jit;
  place.params.build.language = "c";
  // j1 and typeof are GNU's, and binary numbers and complex functions are not C++'s.
  const auto library = jit.jit("gnu17", place.params, gives(R"(
#include <complex.h>
#include <math.h>
long standard(void) { return __STDC_VERSION__; }
double first_zero(void) { typeof(0.0) x = 3.8317059702075125; return j1(x); }
double _Complex product(double _Complex a, double _Complex b) { return conj(a) * b; }
)"))
                           .first;
  CHECK(library.function<long()>("standard")() == 201710);
  CHECK(std::abs(library.function<double()>("first_zero")()) < 1e-15);
  using Complex = std::complex<double>;
  CHECK(library.function<Complex(Complex, Complex)>("product")({1, 2}, {3, 4}) == Complex(11, -2));
  CHECK(warnings.all().empty());
  CHECK(read_text(place.cache / "log" / "gnu17.txt").find("warning") == std::string::npos);
}

TEST_CASE("the header of a dependency is included with quotes or angle brackets") {
  Place place;
  Jit jit;
  const std::string include = GENERATE(as<std::string>(), "\"base.h\"", "<base.h>");
  jit.jit("base", place.params,
          gives("#include \"base.h\"\nint base() { return BASE; }", "#define BASE 20\nint base();\n"));
  const auto user =
      jit.jit("user", place.params,
              gives("#include " + include + "\n#include <user.h>\nint value() { return base() + BASE + MORE; }",
                    "#define MORE 2\nextern \"C\" int value();\n", {"base"}));
  CHECK(value(user) == 42);
}

TEST_CASE("generate may call jit for what the module depends on") {
  Place place;
  Jit jit;
  const auto generate = [&](const std::string&, const std::string&, const GeneratorParams&) {
    const auto [library, signature] =
        jit.jit("inner", place.params, gives("int inner() { return 40; }", "int inner();"));
    return Generated{"", "#include <inner.h>\nextern \"C\" int value() { return inner() + 2; }", {signature}};
  };
  CHECK(value(jit.jit("outer", place.params, generate)) == 42);
  CHECK(jit.counters().compiles == 2);
  Jit fresh;
  CHECK(value(fresh.jit("outer", place.params, never)) == 42);
  CHECK(fresh.counters().compiles == 0);
  CHECK(fresh.counters().disk_hits == 2);
}

TEST_CASE("a diamond of dependencies is loaded once") {
  Place place;
  const auto build = [&](Jit& jit, bool cached) {
    const auto step = [&](const std::string& name, const Generate& generate) {
      return jit.jit(name, place.params, cached ? Generate(never) : generate);
    };
    if (!cached) {
      step("top", gives("static int n; int next() { return ++n; }", "int next();"));
      step("left", gives("#include <top.h>\nint left() { return next(); }", "int left();", {"top"}));
      step("right", gives("#include <top.h>\nint right() { return next(); }", "int right();", {"top"}));
    }
    return step("bottom", gives("#include <left.h>\n#include <right.h>\n#include <top.h>\n"
                                "extern \"C\" int value() { return 100 * left() + 10 * right() + next(); }",
                                "", {"left", "right", "top"}));
  };
  Jit jit, fresh;
  CHECK(value(build(jit, false)) == 123);
  CHECK(jit.counters().compiles == 4);
  CHECK(value(build(fresh, true)) == 123);
  CHECK(fresh.counters().disk_hits == 4);
}

TEST_CASE("counters tell where an answer came from") {
  Place place;
  Jit jit;
  const Library first = jit.jit("m", place.params, gives_value(1)).first;
  Counters counters = jit.counters();
  CHECK((counters.compiles == 1 && counters.published == 1 && counters.disk_hits == 0 && counters.memory_hits == 0));
  const Library second = jit.jit("m", place.params, never).first;
  CHECK(first == second);
  CHECK(jit.counters().memory_hits == 1);

  Jit other;
  const Library third = other.jit("m", place.params, never).first;
  CHECK(value(third) == 1);
  counters = other.counters();
  CHECK((counters.compiles == 0 && counters.published == 0 && counters.disk_hits == 1 && counters.memory_hits == 0));
  CHECK((counters.waits == 0 && counters.fallbacks == 0 && counters.quarantined == 0));
  CHECK_FALSE(third == first);
}

TEST_CASE("what was loaded by one Jit is independent of another") {
  Place place;
  const Generate counter = gives("static int n; extern \"C\" int value() { return ++n; }");
  Jit one, two;
  const Library a = one.jit("m", place.params, counter).first;
  const Library b = two.jit("m", place.params, counter).first;
  CHECK(value(a) == 1);
  CHECK(value(a) == 2);
  CHECK(value(b) == 1);
}

TEST_CASE("forget makes the next request look into the cache, and libraries in use stay valid") {
  Place place;
  Jit jit;
  const Library before = jit.jit("m", place.params, gives_value(1)).first;
  jit.forget();
  const Library after = jit.jit("m", place.params, never).first;
  CHECK(jit.counters().disk_hits == 1);
  CHECK_FALSE(before == after);
  CHECK(value(before) == 1);
  CHECK(value(after) == 1);
}

TEST_CASE("a library outlives its Jit") {
  Place place;
  Library library;
  {
    Jit jit;
    jit.jit("base", place.params, gives("int base() { return 42; }", "int base();"));
    library = jit.jit("m", place.params,
                      gives("#include <base.h>\nextern \"C\" int value() { return base(); }", "", {"base"}))
                  .first;
  }
  CHECK(value(library) == 42);
}

TEST_CASE("symbols are found by linker name, and their absence is clear") {
  Place place;
  Jit jit;
  const Library library =
      jit.jit("m", place.params, gives("extern \"C\" { int number = 8; void* create() { return &number; } }")).first;
  CHECK(*static_cast<int*>(library.find("number")) == 8);
  CHECK(extract_factory_function(library, "create")() == library.symbol("number"));
  CHECK(library.find("no_such") == nullptr);
  CHECK(library.find("puts") == nullptr);  // of the process, not of the module
  const auto error = thrown<LinkFailed>([&] { extract_factory_function(library, "create_form"); });
  CHECK_THAT(error.what(), Contains("create_form") && Contains("'m'"));
  CHECK(error.missing_symbols() == std::vector<std::string>{"create_form"});
}

TEST_CASE("an empty library is an error, not a crash") {
  const Library empty;
  CHECK_FALSE(empty);
  CHECK_THROWS_AS(empty.signature(), InvalidArgument);
  CHECK_THROWS_AS(empty.find("f"), InvalidArgument);
  CHECK_THROWS_AS(empty.symbol("f"), InvalidArgument);
}

TEST_CASE("a miss without a way to build is an error that names the module and the cache") {
  Place place;
  Jit jit;
  const auto error = thrown<InvalidArgument>([&] { jit.jit("absent", place.params); });
  CHECK_THAT(error.what(), Contains("'absent'") && Contains(place.cache.string()) && Contains("generate"));
  CHECK_FALSE(fs::exists(place.cache));
  jit.jit("absent", place.params, gives_value(1));
  CHECK(value(jit.jit("absent", place.params)) == 1);
  CHECK(value(Jit().jit("absent", place.params)) == 1);
}

TEST_CASE("jit_signature tells build and generator parameters apart, not caches") {
  Place place, other;
  const std::string signature = jit_signature("form", place.params);
  CHECK_THAT(signature, Catch::Matchers::Matches("form_[0-9a-f]{40}"));
  CHECK(jit_signature("form", other.params) == signature);
  Params changed = place.params;
  changed.generator["degree"] = 2;
  CHECK(jit_signature("form", changed) != signature);
  changed = place.params;
  changed.build.debug = true;
  CHECK(jit_signature("form", changed) != signature);
}

TEST_CASE("a module that is called like a system header hides it from nobody") {
  Place place;
  Jit jit;
  jit.jit("math", place.params, gives("int unrelated() { return 0; }", "#define NOT_THE_SYSTEMS 1\n"));
  REQUIRE(fs::exists(place.cache / "include" / "math.h"));
  const auto answer = jit.jit("user", place.params,
                              gives("#include <math.h>\n#ifdef NOT_THE_SYSTEMS\n#error the module's header\n#endif\n"
                                    "extern \"C\" int value() { return static_cast<int>(floor(42.5)); }"));
  CHECK(value(answer) == 42);
}

TEST_CASE("the cache holds header, source and log as documented") {
  Place place;
  place.params.cache.src_storage = "keep";
  Jit().jit("m", place.params, gives(value_source(1), "// the header\n"));
  CHECK(read_text(place.cache / "include" / "m.h") == "// the header\n");
  CHECK(read_text(place.cache / "src" / "m.cpp") == value_source(1));
  CHECK_THAT(read_text(place.cache / "log" / "m.txt"), Contains("Equivalent command:") && Contains("clang"));
}
