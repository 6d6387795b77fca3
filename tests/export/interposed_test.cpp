// A module is bound to the modules that it depends on, whatever the C library and the program define under the same
// names.
#include "tests/export/exporting.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

// The program has these too, and its symbols are exported.
extern "C" DIJITSO_API int in_the_program() { return -1; }
DIJITSO_API int variable_in_the_program = -2;

namespace {

constexpr const char* base_header = R"(
extern "C" int gamma(int), index(int), time(int), in_the_program();
extern int variable_in_the_program, optind;
extern thread_local int number;
struct Shape { virtual ~Shape(); virtual int corners() const; };
)";
constexpr const char* base_source = R"(
#include <base.h>
int gamma(int n) { return n + 1; }
int index(int n) { return n + 2; }
int time(int n) { return n + 4; }
int in_the_program() { return 8; }
int variable_in_the_program = 16, optind = 32;
thread_local int number = 64;
Shape::~Shape() {}
int Shape::corners() const { return 128; }
)";
constexpr const char* user_source = R"(
#include <base.h>
struct Square : Shape { int corners() const override { return Shape::corners() + 4; } };
static int (*const kept)(int) = gamma;
extern "C" int value() {
  const Square square;
  const Shape& shape = square;
  return kept(0) + index(0) + time(0) + in_the_program() + variable_in_the_program + optind + number + shape.corners();
}
)";
constexpr int expected = 255 + 4;

struct Interposed : Place {
  explicit Interposed(const std::string& loader) {
    params.cache.lib_loader = loader;
    params.build.cxxflags.insert(params.build.cxxflags.end(), {"-fno-builtin", "-w"});
  }

  Library ask(Jit& jit) {
    jit.jit("base", params, gives(base_source, base_header));
    return jit.jit("user", params, gives(user_source, "", {"base"})).first;
  }
};

}  // namespace

TEST_CASE("what a dependency defines wins over the program and the C library") {
  Interposed place(GENERATE(as<std::string>(), "orc", "dlopen", "ctypes", "import"));
  Jit jit;
  const Library user = place.ask(jit);
  CHECK(value(user) == expected);
  CHECK(in_the_program() + variable_in_the_program == -3);
}

TEST_CASE("so it does for programs that open a library by themselves") {
  Interposed place("dlopen");
  Jit jit;
  place.ask(jit);
  CHECK(output_of("'" PLAIN_HOST "' '" + (place.cache / "lib/libdijitso-user.so").string() + "' value") ==
        std::to_string(expected) + "\nclosed\n");
}

// Profilers of MPI and of memory count on it: the dynamic loader gives them the calls of all libraries.
TEST_CASE(
    "of a host library and the program, the run-time linker takes the library, and the dynamic loader the program") {
  const std::string loader = GENERATE(as<std::string>(), "orc", "dlopen");
  Interposed place(loader);
  write_text(place.scratch / "host.c", "int in_the_program(void) { return 8; }\n");
  REQUIRE(output_of("cc -shared -fPIC -o '" + (place.scratch / "libhost_of_test.so").string() + "' '" +
                    (place.scratch / "host.c").string() + "'") == "");
  place.params.build.lib_dirs = {place.scratch.path().string()};
  place.params.build.libs = {"host_of_test"};
  Jit jit;
  const Library user = jit.jit("user", place.params,
                               gives("extern \"C\" int in_the_program();\n"
                                     "extern \"C\" int value() { return in_the_program(); }\n"))
                           .first;
  CHECK(value(user) == (loader == "orc" ? 8 : -1));
}

TEST_CASE("two variants of a dependency are each bound to what was built with it") {
  Place place;
  place.params.cache.lib_loader = "dlopen";
  Jit jit;
  const auto ask = [&](int number) {
    Params params = place.params;
    params.build.cxxflags.push_back("-DNUMBER=" + std::to_string(number));
    jit.jit("base", params, gives("extern \"C\" int index(int) { return NUMBER; }", "extern \"C\" int index(int);"));
    return jit
        .jit("user", params, gives("#include <base.h>\nextern \"C\" int value() { return index(0); }", "", {"base"}))
        .first;
  };
  const Library one = ask(1), two = ask(2);
  CHECK((value(one) == 1 && value(two) == 2));
}

TEST_CASE("a symbol is found under its plain name, and the second name is nobody's function") {
  Interposed place("dlopen");
  Jit jit;
  const Library base = jit.jit("base", place.params, gives(base_source, base_header)).first;
  CHECK(base.function<int(int)>("gamma")(0) == 1);
  const std::string symbols =
      output_of("readelf -sW --dyn-syms '" + (place.cache / "lib/libdijitso-base.so").string() + "' | grep gamma");
  CHECK_THAT(symbols, Catch::Contains("FUNC    GLOBAL") && Catch::Contains("NOTYPE  GLOBAL") &&
                          Catch::Contains("gamma.libdijitso-base.so"));
}
