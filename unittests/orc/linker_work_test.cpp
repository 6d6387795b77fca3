// How the work of a link grows with the module. Time is not measured: what is counted is allocations, of which JITLink
// makes some for each symbol that it gets, and more for each section.
#include "allocation_count.h"
#include "object_maker.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace orc_test;

namespace {

// Each in a section of its own, and each calls the one before.
std::string templates(int count) {
  return "template <int n> struct F { static int f(int x) { return F<n - 1>::f(x) + n; } };"
         "template <> struct F<0> { static int f(int x) { return x; } };"
         "template <int n> int sum(int x) { if constexpr (n == 0) return x; else return sum<n - 100>(x) + F<n>::f(x); }"
         "extern \"C\" int entry(int x) { return sum<" +
         std::to_string(count) + ">(x); }";
}

std::string functions(int count) {
  std::string text = "extern \"C\" int entry(int x) { return x; }";
  for (int i = 0; i < count; ++i) text += "extern \"C\" int f" + std::to_string(i) + "(int x) { return entry(x); }";
  return text;
}

std::size_t allocations_of_a_link(const std::string& source) {
  const auto session = new_session();
  const auto object = compile(source, "-O0 -ftemplate-depth=5000 -ffunction-sections");
  link(session, "m", object);  // what is done only once
  const std::size_t before = allocation_count();
  const auto module = link(session, "m", object);
  const std::size_t result = allocation_count() - before;
  CHECK(module->find("entry"));
  return result;
}

}  // namespace

#if defined(__x86_64__)
TEST_CASE("JITLink has no work for functions that only the module itself refers to") {
  for (auto* source : {templates, functions}) {
    const std::size_t some = allocations_of_a_link(source(1000));
    const std::size_t twice = allocations_of_a_link(source(2000));
    CAPTURE(some, twice);
    CHECK(twice - some < 50);
    CHECK(some > 50);  // otherwise nothing was counted
  }
}
#endif

TEST_CASE("the work of a link grows with the number of functions, and no faster") {
  // A symbol that only dead code needs: the object is not linked partly.
  const std::string dead = "int nowhere(); __attribute__((used)) static int unused() { return nowhere(); }";
  for (auto* source : {templates, functions}) {
    const std::size_t least = allocations_of_a_link(dead + source(100));
    const std::size_t some = allocations_of_a_link(dead + source(1000));
    const std::size_t twice = allocations_of_a_link(dead + source(2000));
    CAPTURE(least, some, twice);
    CHECK(some - least < 6 * 900);
    CHECK(twice - some < 6 * 1000);
    CHECK(some > 1000);
  }
}

TEST_CASE("functions keep the order of the compiler") {
  const auto module =
      link(new_session(), "m",
           "template <int n> int f() { return n; }"
           "extern \"C\" { int large() { int sum = 0; for (volatile int i = 0; i < 9; ++i) sum += i; return sum; }"
           "  int (*addresses[])() = {f<0>, f<1>, f<2>, f<3>, f<4>, f<5>, f<6>, f<7>, f<8>, f<9>}; }");
  const auto* const addresses = static_cast<int (**)()>(module->find("addresses"));
  for (int i = 0; i < 10; ++i) {
    CHECK(addresses[i]() == i);
    if (i > 0)
      CHECK(reinterpret_cast<std::uintptr_t>(addresses[i - 1]) < reinterpret_cast<std::uintptr_t>(addresses[i]));
  }
}
