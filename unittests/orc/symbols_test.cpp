// Which definition a symbol is bound to, and what is said when there is none.
#include "object_maker.h"

#include <dijitso/error.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace orc_test;
using dijitso::LinkFailed;

extern "C" __attribute__((visibility("default"))) int orc_test_provided() { return 1; }

namespace {

const std::string calls_f = "int f(int); extern \"C\" int call() { return f(1); }";

// The exception of a link that must fail.
template <class Action>
LinkFailed failure_of(Action action) {
  try {
    action();
  } catch (const LinkFailed& error) {
    return error;
  }
  return LinkFailed("no LinkFailed");
}

}  // namespace

TEST_CASE("a symbol comes from the first dependency that defines it") {
  const auto session = new_session();
  const auto one = link(session, "one", "int f(int) { return 1; }");
  const auto two = link(session, "two", "int f(int) { return 2; }");
  CHECK(function<int()>(link(session, "m", calls_f, {{"one", one}, {"two", two}}), "call")() == 1);
  CHECK(function<int()>(link(session, "m", calls_f, {{"two", two}, {"one", one}}), "call")() == 2);
}

TEST_CASE("a module's own definition comes before a dependency's, a dependency's before the host's") {
  const auto session = new_session();
  const auto other =
      link(session, "other", "extern \"C\" int orc_test_provided() { return 2; } int f(int) { return 2; }");
  const auto uses =
      std::string("extern \"C\" int orc_test_provided(); extern \"C\" int call() { return orc_test_provided(); }");
  CHECK(function<int()>(link(session, "m", uses), "call")() == 1);
  CHECK(function<int()>(link(session, "m", uses, {{"other", other}}), "call")() == 2);
  CHECK(function<int()>(link(session, "m", "int f(int) { return 3; }" + calls_f, {{"other", other}}), "call")() == 3);
}

TEST_CASE("only what a dependency itself defines can be used") {
  const auto session = new_session();
  const auto base = link(session, "base", "int f(int) { return 1; }");
  const auto middle = link(session, "middle", "int f(int); int g() { return f(0); }", {{"base", base}});
  const auto error = failure_of([&] { link(session, "m", calls_f, {{"middle", middle}}); });
  CHECK(error.what() ==
        std::string("module 'm' needs 'f(int)', which none of its dependencies (middle) or the process defines; "
                    "'base' does: name it as a dependency"));
  CHECK(error.missing_symbols() == std::vector<std::string>{"f(int)"});
}

TEST_CASE("a missing symbol is named with the places that were searched") {
  const auto session = new_session();
  const auto b = link(session, "B", ""), c = link(session, "C", "");
  CHECK_THROWS_WITH(
      link(session, "A", calls_f),
      "module 'A' needs 'f(int)', which the process does not define, and it names no dependencies and no libraries");
  CHECK_THROWS_WITH(
      link(session, "A", calls_f, {{"B", b}, {"C", c}}, {"m"}),
      "module 'A' needs 'f(int)', which none of its dependencies (B, C), its libraries (m) or the process defines");
  const auto error =
      failure_of([&] { link(session, "A", "void g(double); int h; extern int i; void use() { g(1); h = i; }"); });
  CHECK(error.missing_symbols() == std::vector<std::string>{"g(double)", "i"});
}

TEST_CASE("a module of another session is not offered") {
  const auto other = new_session();
  const auto f = link(other, "D", "int f(int) { return 1; }");
  const auto error = failure_of([&] { link(new_session(), "A", calls_f); });
  CHECK(std::string(error.what()).find("'D'") == std::string::npos);
}

TEST_CASE("after a failure the same request can be made again") {
  const auto session = new_session();
  CHECK_THROWS_AS(link(session, "A", calls_f), LinkFailed);
  CHECK_THROWS_AS(link(session, "A", calls_f), LinkFailed);
  const auto b = link(session, "B", "int f(int x) { return x + 5; }");
  CHECK(function<int()>(link(session, "A", calls_f, {{"B", b}}), "call")() == 6);
}

TEST_CASE("a weak reference may stay undefined") {
  const auto session = new_session();
  const std::string source = "__attribute__((weak)) int f(int); extern \"C\" int call() { return f ? f(1) : -1; }";
  CHECK(function<int()>(link(session, "m", source), "call")() == -1);
  const auto b = link(session, "B", "int f(int x) { return x + 5; }");
  CHECK(function<int()>(link(session, "m", source, {{"B", b}}), "call")() == 6);
}

TEST_CASE("a symbol that only dead code needs is not missing") {
  const auto object = compile(
      "int f(int); namespace { int unused() { return f(1); } } extern \"C\" int one() { return 1; }"
      "__attribute__((used)) static int also_unused() { return f(2); }",
      "-O0 -ffunction-sections");
  CHECK(function<int()>(link(new_session(), "m", object), "one")() == 1);
}

// Only the unwind tables lead to it.
TEST_CASE("a type that only a handler of exceptions names must not be missing") {
  const auto object = compile(
      "struct __attribute__((visibility(\"default\"))) Foreign { virtual void key(); };"
      "void may_throw(int x) { if (x > 1) throw x; }"
      "extern \"C\" int one() { try { may_throw(1); } catch (const Foreign&) { return 2; } return 1; }",
      "-O0", "clang++-22");
  CHECK_THROWS_WITH(link(new_session(), "m", object),
                    Catch::Matchers::Contains("module 'm' needs 'typeinfo for Foreign'"));
}

TEST_CASE("inline functions, templates and vtables may be defined in many modules") {
  const auto session = new_session();
  const std::string header = R"(
    inline int twice(int x) { return 2 * x; }
    inline int counter = 0;
    template <class T> T largest(T a, T b) { return a < b ? b : a; }
    struct Base { virtual ~Base() {} virtual int value() { return twice(4); } };
    inline int local() { static int calls = 0; return ++calls; })";
  const auto b = link(session, "B", header + "Base* make() { ++counter; local(); return new Base; }");
  const auto a = link(session, "A", header + R"(
    Base* make();
    extern "C" int use() {
      Base* base = make();
      const int value = base->value();
      delete base;
      return largest(value, 3) + counter + local();
    })",
                      {{"B", b}});
  CHECK(function<int()>(a, "use")() == 9);  // each module has its own counter and local variable
}

TEST_CASE("C objects with common symbols link") {
  const auto object = compile("int shared_number; int get(void) { return ++shared_number; }", "-x c -fcommon -std=c99");
  CHECK(function<int()>(link(new_session(), "c", object), "get")() == 1);
}

TEST_CASE("the bounds of a section are defined") {
  const auto module = link(new_session(), "m", R"(
    __attribute__((section("numbers"), used)) static int one = 1;
    __attribute__((section("numbers"), used)) static int two = 2;
    extern "C" { extern int __start_numbers, __stop_numbers; }
    extern "C" int count() { return int(&__stop_numbers - &__start_numbers); })");
  CHECK(function<int()>(module, "count")() == 2);
}
