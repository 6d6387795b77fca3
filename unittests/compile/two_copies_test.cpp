// Which modules may be compiled in two tiers: each reason against it, and what looks like it but is none.
#include "requests.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace dijitso;
using namespace dijitso::testing;
using compilation::QuickResult;

namespace {

QuickResult quick_cxx(const std::string& source, Flags flags = {"-O2", "-std=c++17"}) {
  QuickResult quick = compiler().compile_quickly(cxx_request(source, std::move(flags)));
  INFO(quick.result.diagnostics_text);
  REQUIRE(quick.result.ok);
  CHECK((quick.optimizer == nullptr) == !quick.untiered_reason.empty());
  return quick;
}

std::string reason(const std::string& source, Flags flags = {"-O2", "-std=c++17"}) {
  return quick_cxx(source, std::move(flags)).untiered_reason;
}

// The module has one more function, which could be replaced.
std::string reason_beside_others(const std::string& source) { return reason(source + "\nint other() { return 1; }"); }

bool shares(const QuickResult& quick, const std::string& symbol) {
  return std::find(quick.shared_symbols.begin(), quick.shared_symbols.end(), symbol) != quick.shared_symbols.end();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::string twice = "a static variable of its own would exist twice: ";
// Makes a function more than a trifle, so it must be optimised.
const std::string loop = " for (int i = 0; i < n; ++i) x[i] *= 2; ";

}  // namespace

TEST_CASE("a static variable that is written must exist once") {
  CHECK(reason("static int counter; int next(int n, double* x) {" + loop + "return ++counter; }") == twice + "counter");
  CHECK(has(reason("int next(int n, double* x) { static int counter;" + loop + "return ++counter; }"), "counter"));
  CHECK(
      has(reason("namespace { int counter; } int next(int n, double* x) {" + loop + "return ++counter; }"), "counter"));
  CHECK(
      has(reason("static int a[9]; void fill(const int*); void f(int n, double* x) { a[n] = 1;" + loop + "}"), ": a"));
  CHECK(has(reason("__attribute__((visibility(\"hidden\"))) int h; int f(int n, double* x) {" + loop + "return ++h; }"),
            ": h"));
  CHECK(
      has(reason("#include <cstring>\nstatic int a[9]; void f(int n, double* x) { std::memset(a, n, 9);" + loop + "}"),
          ": a"));
  SECTION("also when it is only written in a function that is called with it") {
    CHECK(has(reason("static int a[9]; __attribute__((noinline)) static void set(int* p) { *p = 1; }"
                     "int f(int n, double* x) { set(a + 1);" +
                     loop + "return a[1]; }"),
              ": a"));
  }
  SECTION("one that is only read may exist twice, and so may one that nobody uses") {
    CHECK(reason("static double a[3] = {1, 2, 3}; double f(int i) { return a[i]; }") == "");
    CHECK(reason("static int unused; int f() { return 1; }", {"-O2", "-w"}) == "");
  }
  SECTION("one that others know is shared") {
    const QuickResult quick =
        quick_cxx("int counter; int next(int n, double* x) {" + loop +
                  "return ++counter; }"
                  "template <class T> struct S { static int count; }; template <class T> int S<T>::count = 7;"
                  "int next_count(int n, double* x) {" +
                  loop +
                  "return ++S<int>::count; }"
                  "struct L { L(); ~L(); }; inline L& local() { static L l; return l; }"
                  "L* f(int n, double* x) {" +
                  loop +
                  "return &local(); }"
                  "extern const int table[2] = {1, 2}; const int* g(int n, double* x) {" +
                  loop + "return table; }");
    CHECK(quick.untiered_reason == "");
    for (const char* name : {"counter", "_ZN1SIiE5countE", "_ZZ5localvE1l", "_ZGVZ5localvE1l", "table"})
      CHECK(shares(quick, name));
    CHECK_FALSE(shares(quick, "_Z4nextiPd"));
  }
}

TEST_CASE("a static variable whose address others get must exist once") {
  CHECK(has(reason("static int a[9]; void g(int*); void f(int n, double* x) { g(a);" + loop + "}"), ": a"));
  CHECK(has(reason("static int a; int* kept; void f(int n, double* x) { kept = &a;" + loop + "}"), ": a"));
  CHECK(has(reason("static const int a[2] = {1, 2}; const int* f(int n, double* x) {" + loop + "return a; }"), ": a"));
  CHECK(has(reason("#include <cstdint>\nstatic const int a = 1; std::uintptr_t f(int n, double* x) {" + loop +
                   "return reinterpret_cast<std::uintptr_t>(&a) % 7; }"),
            ": a"));
  CHECK(has(reason("static const int a[2] = {1, 2}; bool is_a(const int* p, int n, double* x) {" + loop +
                   "return p == a; } bool f() { return is_a(a, 0, nullptr); }"),
            ": a"));
  SECTION("not when the functions that get it only read it") {
    CHECK(reason("#include <algorithm>\n#include <numeric>\n"
                 "void f(double* x) { static const double a[3] = {1, 2, 3}; std::copy(a, a + 3, x); }"
                 "double g() { static const double a[2][2] = {{1, 2}, {3, 4}}; double s = 0;"
                 "  for (const auto& row : a) for (double v : row) s += v; return s; }"
                 "double h(int n) { static double a[9] = {}; return std::accumulate(a, a + n, 0.0); }"
                 "void k(int n, double* x) { static const double a[2][2] = {{1, 2}, {3, 4}};"
                 "  std::copy_n(&a[n][0], 2, x); }") == "");
    CHECK(reason("#include <cstring>\nvoid f(int* x) { static const int a[2] = {1, 2}; std::memcpy(x, a, 8); }") == "");
  }
  SECTION("not when it is compared, but nobody has it") {
    CHECK(reason("static const int a[2] = {1, 2}; bool f(const int* p, int n, double* x) {" + loop +
                 "return p == a; }") == "");
  }
  SECTION("not when the address means nothing, as that of a string") {
    CHECK(reason("const char* f(int n, double* x) {" + loop + "return \"text\"; }") == "");
  }
}

TEST_CASE("short functions that hand out such a variable stay quick code") {
  const QuickResult quick = quick_cxx(
      "static int ids[2] = {1, 2}; extern \"C\" int* get(int i) { return i ? ids : nullptr; }"
      "struct Form { int* (*get)(int); int* ids; }; Form form = {get, ids};"
      "extern \"C\" void kernel(int n, double* x) {" +
      loop + "}");
  CHECK(quick.untiered_reason == "");
  CHECK(shares(quick, "get"));
  CHECK(shares(quick, "form"));
  CHECK_FALSE(shares(quick, "kernel"));
  CHECK(reason_beside_others("static int counter; int next() { return ++counter; }") == "");
  SECTION("and so does all into which they may be inlined, if that is short") {
    const QuickResult more = quick_cxx(
        "static int a; static int* inner() { return &a; } int* outer() { return inner(); } int other() { return 1; }");
    CHECK(shares(more, "_Z5outerv"));
    CHECK(reason_beside_others("static int a; int* get() { return &a; }"
                               "void f(int n, double* x) { *get() = n;" +
                               loop + "}") == twice + "a");
    CHECK(reason_beside_others("static int a; int* get() { return &a; } int* (*const table[1])() = {get};"
                               "extern int* (*const table[1])();"
                               "void f(int n, double* x) { *table[0]() = n;" +
                               loop + "}") == twice + "a");
  }
  SECTION("but not when nothing else remains") {
    CHECK(reason("static int counter; int next() { return ++counter; }") ==
          "it has no function that could be replaced");
    CHECK(reason("int variable = 1;") == "it has no function that could be replaced");
  }
}

TEST_CASE("a function that only the module knows must only be called") {
  const std::string kept = "the address of a function of its own is kept, which could not be redirected: ";
  CHECK(reason("static void f() {} using F = void(); F* g() { return f; }") == kept + "f()");
  CHECK(reason("static void f() {} void (*table[1])() = {f}; int g() { return 1; }") == kept + "f()");
  CHECK(has(reason("namespace { struct S { virtual ~S() {} virtual int f() { return 1; } }; }"
                   "int g(S*); void* make() { return new S; }"),
            kept));
  CHECK(has(reason("#include <algorithm>\n__attribute__((visibility(\"hidden\"))) bool less(int, int);"
                   "bool less(int a, int b) { return a < b; }"
                   "void f(int* b, int* e, bool (*)(int, int)); void g(int* x) { f(x, x + 3, less); }"),
            kept + "less"));
  CHECK(reason("static int f(int i) { return i < 2 ? 1 : f(i - 1) * i; } int g(int i) { return f(i); }") == "");
  CHECK(reason("#include <algorithm>\nvoid g(int* x) { std::sort(x, x + 9, [](int a, int b) { return a > b; }); }") ==
        "");
  SECTION("others' functions may be kept: they have one address") {
    CHECK(reason("void f() {} using F = void(); F* g() { return f; } bool h(F* p) { return p == f; }") == "");
    CHECK(reason("struct S { virtual ~S() {} virtual int f() { return 1; } }; S* make() { return new S; }") == "");
    CHECK(reason("#include <functional>\nint g(); std::function<int()> f() { return g; }") == "");
  }
}

TEST_CASE("static constructors and destructors must run once") {
  const std::string once = "it has static constructors or destructors, which must run once";
  CHECK(reason("int g(); int v = g(); int f() { return v; }") == once);
  CHECK(reason("struct S { ~S(); } s; int f() { return 1; }") == once);
  CHECK(reason("int n; __attribute__((constructor)) void f() { ++n; }") == once);
  CHECK(reason("int n; __attribute__((destructor)) void f() { ++n; }") == once);
  CHECK(reason("#include <cstdlib>\nvoid g() {} static int v = std::atexit(g); int f() { return 1; }", {"-O2", "-w"}) ==
        once);
  CHECK(reason("#include <iostream>\nint g(); int v = g(); int f() { return v; }") == once);
  CHECK(reason("#include <ios>\nint f() { return 1; } std::ios_base::Init mine;") == "");
  CHECK(reason("#include <iostream>\nvoid f() { std::cout << 1; }") == "");
  CHECK(reason("int v = 1 + 1; constexpr double d = 2.5; double f() { return v + d; }") == "");
}

TEST_CASE("what the linker does with variables and functions by other means") {
  CHECK(has(reason("thread_local int v; int* f() { return &v; }"), "thread_local"));
  CHECK(has(reason("extern thread_local int v; int* f() { return &v; }"), "thread_local"));
  CHECK(has(reason("extern \"C\" { int a() { return 1; } using F = int();"
                   "F* resolve() { return a; } int f() __attribute__((ifunc(\"resolve\"))); }"),
            "chosen when the code is loaded"));
  CHECK(has(reason("__attribute__((section(\"list\"))) int v; int f() { return v; }"), "section"));
  CHECK(has(reason("extern \"C\" int __start_list; int* f() { return &__start_list; }"), "section"));
  CHECK(has(reason("extern \"C\" { int v; extern int w __attribute__((alias(\"v\"))); } int f() { return v; }"),
            "alias"));
  CHECK(reason("extern \"C\" { int g() { return 1; } int f() __attribute__((alias(\"g\"))); }") == "");
  CHECK(has(reason("int v; int f() { return ++v; }", {"-O2", "-fno-semantic-interposition"}), "its own copy"));
  CHECK(has(
      reason("__attribute__((visibility(\"protected\"))) int v; int f(int n, double* x) {" + loop + "return ++v; }"),
      twice));
  CHECK(reason("__attribute__((section(\"hot\"))) int f() { return 1; }") == "");
}

TEST_CASE("a coroutine's frame is of one code only") {
  const std::string coroutine =
      "#include <coroutine>\nstruct Task { struct promise_type { Task get_return_object() { return {}; }"
      "std::suspend_never initial_suspend() { return {}; } std::suspend_never final_suspend() noexcept { return {}; }"
      "void return_void() {} void unhandled_exception() {} }; };";
  CHECK(has(reason(coroutine + "Task f() { co_return; }", {"-O2", "-std=c++20"}), "coroutine"));
  CHECK(reason(coroutine + "int f() { return 1; }", {"-O2", "-std=c++20"}) == "");
}

TEST_CASE("assembly, labels and odd names") {
  CHECK(has(reason("asm(\".globl f\\nf: ret\"); int g() { return 1; }"), "assembly outside of functions"));
  CHECK(has(reason("int f() { asm volatile(\".pushsection list\\n .quad 1\\n .popsection\"); return 1; }"),
            "directives"));
  CHECK(reason("int f(int i) { asm(\"addl $1, %0\" : \"+r\"(i)); return i; }") == "");
  CHECK(has(reason("int f(int i) { void* t[] = {&&a, &&b}; goto *t[i]; a: return 1; b: return 2; }", {"-O2", "-w"}),
            "labels"));
  CHECK(has(reason("int f() asm(\"odd name\"); int f() { return 1; }"), "cannot be written"));
  CHECK(has(reason("int f() asm(\"f@V1\"); int f() { return 1; }"), "cannot be written"));
  CHECK(reason("int f() asm(\"f$1.2\"); int f() { return 1; } int g() { return f(); }") == "");
}

TEST_CASE("what the optimiser would have to say") {
  CHECK(has(reason("int f(int i) { return i; }", {"-O2", "-Wframe-larger-than=1"}), "may report a warning"));
  CHECK(has(reason("void g() __attribute__((error(\"no\"))); void f(int i) { if (i != i) g(); }"),
            "may report a warning"));
  CHECK(has(reason("void f(int n, double* x) {\n#pragma clang loop vectorize(enable)\n" + loop + "}"),
            "may report a warning"));
  CHECK(reason("int f() { return 1; }", {"-O2", "-Rpass=inline"}) == "debug information is asked for");
  CHECK(reason("void f(int n, double* x) {" + loop + "}", {"-O2", "-Wall", "-Wextra"}) == "");
}

TEST_CASE("options with which one tier is right") {
  CHECK(reason("int f() { return 1; }", {}) == "optimisation is not asked for");
  CHECK(reason("int f() { return 1; }", {"-O0"}) == "optimisation is not asked for");
  CHECK(reason("int f() { return 1; }", {"-O2", "-g"}) == "debug information is asked for");
  for (const char* level : {"-O1", "-O3", "-Os", "-Ofast", "-Og"})
    CHECK(reason("int f() { return 1; }", {level, "-w"}) == "");
}
