// build.lenient: sources that gcc 12 compiles, most of them with a warning, and that are errors otherwise.
#include "tests/support/modules.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

struct Case {
  const char* warning;
  const char* source;
};

const Case in_c[] = {
    {"implicit-function-declaration", "int value(void) { return abs(-1); }"},
    {"implicit-int", "static x = 1; int value(void) { return x; }"},
    {"int-conversion", "int value(void) { int* p = 1; return p == (int*)1; }"},
    {"incompatible-pointer-types", "int value(void) { long x = 1; unsigned char* p = &x; return *p; }"},
    {"incompatible-function-pointer-types",
     "static int f(int x) { return x; } int value(void) { int (*p)(char) = f; return p != 0; }"},
    {"return-mismatch", "static void f(int x) { return x; } int value(void) { f(1); return 1; }"},
    {"return-mismatch", "static int f(int x) { if (x) return; return 1; } int value(void) { return f(0); }"},
    {"invalid-gnu-asm-cast", "int value(void) { long x = 1; __asm__(\"\" : \"+r\"((long)x)); return x; }"}};

const Case in_cxx[] = {
    {"c++11-narrowing", "int value() { double x = 1.5; int y[] = {x}; return y[0]; }"},
    {"c++11-narrowing-const-reference",
     "struct S { const int& r; }; int value() { double x = 1.5; S s{x}; return s.r; }"},
    {"register", "int value() { register int x = 1; return x; }"},
    {"elaborated-enum-class", "enum class E { a = 1 }; int value() { enum class E e = E::a; return int(e); }"},
    {"init-priority-reserved",
     "struct A { int x; A() : x(1) {} }; __attribute__((init_priority(50))) A a; int value() { return a.x; }"},
    {"reserved-user-defined-literal", "#define D \"d\"\nint value() { const char* f = \"%\"D; return f[1] == 'd'; }"},
    {"missing-template-arg-list-after-template-kw",
     "struct S { template <class T> int f(T) { return 1; } };\n"
     "template <class T> int g(T t) { return t.template f(1); }\n"
     "int value() { return g(S()); }"}};

void check(const Case& one, const std::string& extension) {
  INFO(one.warning);
  Place place;
  place.params.cache.src_postfix = extension;
  place.params.build.cxxflags = {"-std=c++17"};
  const std::string source = extension == ".c" ? std::string(one.source) + "\n"
                                               : "extern \"C\" int value();\n" + std::string(one.source) + "\n";
  CHECK_THROWS_AS(Jit().jit("strict", place.params, gives(source)), CompileFailed);
  place.params.build.lenient = true;
  CHECK(value(Jit().jit("lenient", place.params, gives(source))) == 1);
  // It is this warning, and the caller's flags are stronger.
  place.params.build.cxxflags.push_back(std::string("-Werror=") + one.warning);
  CHECK_THROWS_AS(Jit().jit("strict", place.params, gives(source)), CompileFailed);
}

}  // namespace

TEST_CASE("lenient takes what gcc 12 takes in C") {
  for (const Case& one : in_c) check(one, ".c");
}

TEST_CASE("lenient takes what gcc 12 takes in C++") {
  for (const Case& one : in_cxx) check(one, ".cpp");
}
