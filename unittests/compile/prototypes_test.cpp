#include "compile/compiler.h"
#include "precompiling.h"
#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

std::string in_cxx(const std::string& source, Flags flags = {"-std=c++20"}) {
  const CompileResult result = compile_cxx(source, std::move(flags));
  INFO(result.diagnostics_text);
  REQUIRE(result.ok);
  return result.prototypes;
}

std::string in_c(const std::string& source) {
  const CompileResult result = compile_c(source);
  INFO(result.diagnostics_text);
  REQUIRE(result.ok);
  return result.prototypes;
}

}  // namespace

TEST_CASE("prototypes of all kinds of numbers") {
  CHECK(in_c("double f(double x) { return x; }") == "function\tf\tf\tdouble f(double x)\tf8\tf8\n");
  CHECK(in_c("#include <stdint.h>\n"
             "void f(int8_t a, uint16_t b, int c, unsigned long d, float e, long double g, char h, _Bool i) {}") ==
        "function\tf\tf\tvoid f(int8_t a, uint16_t b, int c, unsigned long d, float e, long double g, char h, _Bool i)"
        "\tv\ti1\tu2\ti4\tu8\tf4\tf16\tc\tb\n");
  CHECK(in_c("enum colour { red }; enum colour f(float _Complex a, double _Complex b) { return red; }") ==
        "function\tf\tf\tenum colour f(_Complex float a, _Complex double b)\tu4\tz8\tz16\n");
  CHECK(in_c("__int128 f(_Atomic int a) { return a; }") == "function\tf\tf\t__int128 f(_Atomic(int) a)\to\to\n");
}

TEST_CASE("prototypes of pointers, arrays and functions as arguments") {
  CHECK(in_c("void f(double* a, const float b[3], void* c, const char* d, int (*g)(int), struct unknown* e) {}") ==
        "function\tf\tf\tvoid f(double *a, const float b[3], void *c, const char *d, int (*g)(int), struct unknown *e)"
        "\tv\tpf8\tpkf4\tpv\tpkc\tpx\tpo\n");
  CHECK(in_cxx("int& f(const int& a, int&& b) { static int c; return c; }") ==
        "function\tf\t_Z1fRKiOi\tint &f(const int &a, int &&b)\tri4\trki4\tri4\n");
  CHECK(in_c("int f(const char* format, ...) { return 0; } void g(void) {}") ==
        "function\tf\tf\tint f(const char *format, ...)\ti4\tpkc\t...\n"
        "function\tg\tg\tvoid g(void)\tv\n");
}

TEST_CASE("prototypes of structures") {
  CHECK(
      in_c(
          "struct inner { char c; short s[2]; }; typedef struct { double x; struct inner i; struct inner* p; } outer;\n"
          "outer f(outer* a) { return *a; }") ==
      "struct\tinner\t6\tc 0 c\ta2,i2 2 s\n"
      "struct\touter\t24\tf8 0 x\ts0 8 i\tpo 16 p\n"
      "function\tf\tf\touter f(outer *a)\ts1\tps1\n");
  CHECK(in_cxx("namespace n { struct point { double x = 0, y = 0; }; } double f(n::point p) { return p.x; }") ==
        "struct\tn::point\t16\tf8 0 x\tf8 8 y\n"
        "function\tf\t_Z1fN1n5pointE\tdouble f(n::point p)\tf8\ts0\n");
  for (const char* odd :
       {"struct odd { int a : 3; };", "union odd { int a; };", "struct __attribute__((packed)) odd { char c; int i; };",
        "struct odd { ~odd(); int a; };", "struct base { int a; }; struct odd : base { };", "struct odd {};",
        "struct odd { virtual void g() {} int a; };", "struct odd { union { int a; }; };",
        "struct alignas(32) odd { int a; };"})
    CHECK(in_cxx(std::string(odd) + " extern \"C\" void f(odd a, odd* b) {}") ==
          "function\tf\tf\tvoid f(odd a, odd *b)\tv\to\tpo\n");
  CHECK(in_cxx("#include <complex>\nextern \"C\" void f(std::complex<double> a, std::complex<float>* b) {}") ==
        "function\tf\tf\tvoid f(std::complex<double> a, std::complex<float> *b)\tv\tz16\tpz8\n");
}

TEST_CASE("prototypes are of what the module exports") {
  const std::string text = in_cxx(R"(
    int counter = 3; const int constant = 4; extern const int shown[1] = {5}; thread_local int own; static int hidden; extern int elsewhere;
    __attribute__((visibility("hidden"))) void inner() {}
    inline int short_one() { return 1; }
    static int local() { return hidden; }
    template <class T> T twice(T x) { return 2 * x; }
    template int twice(int);
    struct S { static int member; int method(); }; int S::member; int S::method() { return local() + short_one(); }
    S operator+(S a, S) { return a; }
    namespace { int anonymous() { return 1; } }
    namespace n { inline namespace v { int f(int x) { return x + anonymous(); } } }
    int over(int) { return 0; } int over(double) { return 0; } int over(int);
    void declared(); void gone() = delete;
    extern "C" { int table[2][3]; void c_one() {} }
  )");
  CHECK(text ==
        "variable\tcounter\tcounter\tint counter\ti4\n"
        "variable\tshown\tshown\tconst int shown[1]\tka1,i4\n"
        "function\tn::f\t_ZN1n1v1fEi\tint n::f(int x)\ti4\ti4\n"
        "function\tover\t_Z4overi\tint over(int)\ti4\ti4\n"
        "function\tover\t_Z4overd\tint over(double)\ti4\tf8\n"
        "variable\ttable\ttable\tint table[2][3]\ta2,a3,i4\n"
        "function\tc_one\tc_one\tvoid c_one()\tv\n");
  CHECK(in_c("int t; int t; int f(int) __asm__(\"g\"); int f(int a) { return t; } inline int h(void) { return 1; }") ==
        "function\tf\tg\tint f(int a)\ti4\ti4\n"
        "variable\tt\tt\tint t\ti4\n");
  CHECK(in_cxx("void f() {}", {"-fvisibility=hidden"}).empty());
}

TEST_CASE("prototypes do not depend on optimisation, tiers and errors") {
  const std::string source = "extern \"C\" double f(double x) { return 2 * x; }";
  const std::string text = in_cxx(source, {"-O0"});
  CHECK(in_cxx(source, {"-O3"}) == text);
  QuickResult quick = compiler().compile_quickly(cxx_request(source, {"-O2"}));
  CHECK(quick.result.prototypes == text);
  REQUIRE(quick.optimizer);
  CHECK(quick.optimizer->optimize().prototypes == text);
  CHECK(compile_cxx(source + " int g() { return nothing; }").prototypes.empty());
}
