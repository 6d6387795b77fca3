// Precompiled headers change nothing but time.
#include "compile/pch/prelude_watch.h"
#include "precompiling.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

TEST_CASE("an object is the same with precompiled headers") {
  check_used(cxx_request(
      "#define EXPORT extern \"C\"\n#include <iostream>\n#include <map>\n#include <string>\n"
      "EXPORT double sum(const std::map<std::string, double>& values) {\n  double total = 0;\n"
      "  for (const auto& value : values) total += value.second;\n  std::cout << total;\n  return total;\n}\n",
      default_flags));
}

TEST_CASE("headers in precompiled ones are reported with what was compiled") {
  const Headers headers;
  headers.add("inner.h", "#pragma once\ninline int inner() { return 1; }\n");
  headers.add("outer.h", "#include \"inner.h\"\n");
  const Both both = compile_both(headers.request("#include \"outer.h\"\nint f() { return inner(); }\n"));
  REQUIRE(both.with.used_precompiled);
  REQUIRE(both.with.files.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(both.with.files[i].path == both.without.files[i].path);
    CHECK(both.with.files[i].content == both.without.files[i].content);
  }
}

TEST_CASE("headers that are configured before them are precompiled with that") {
  const Headers headers;
  headers.add("configured.h",
              "#ifdef WIDE\ntypedef long number;\n#else\ntypedef char number;\n#endif\n#define MADE WIDE\n");
  for (const char* source :
       {"#define NDEBUG\n#include <cassert>\nvoid f(int x) { assert(x); }\n",
        "#define WIDE 1\n#include <configured.h>\nint f() { return sizeof(number) + MADE; }\n",
        "#define WIDE 1\n#include <configured.h>\n#undef WIDE\n#define WIDE 2\nint f() { return sizeof(number) + MADE; "
        "}\n",
        "#include <configured.h>\nint f() { return sizeof(number); }\n",
        "#include <cassert>\n#ifdef assert\n#define FOUND 1\n#endif\nint f() { return FOUND; }\n",
        "#if __has_include(<configured.h>)\n#define WIDE 3\n#include <configured.h>\n#endif\nint f() { return MADE; "
        "}\n",
        "#if 1\n#include <configured.h>\n#else\n#include <nowhere.h>\n#endif\nint f() { return sizeof(number); }\n",
        "#define HEADER <configured.h>\n#include HEADER\nint f() { return sizeof(number); }\n"})
    check_used(headers.request(source));
}

TEST_CASE("headers without a guard are not on a list that the module includes again") {
  const Headers headers;
  headers.add("guarded.h", "#pragma once\nstruct S {};\n");
  headers.add("lists.h", "// no guard\n#include <guarded.h>\n#include <cstddef>\n");
  headers.add("declares.h", "extern int x;\n");
  headers.add("defines.h", "#include <guarded.h>\n#define X 1\n");
  headers.add("undone.h", "#ifndef UNDONE_H\n#define UNDONE_H\n#endif\n");
  headers.add("undoes.h", "#pragma once\n#include <undone.h>\n#undef UNDONE_H\n");
  const auto on_list = [&](const std::string& names) {
    const CompileRequest request = headers.request("#include <own.h>\nint f() { return 1; }\n");
    CompileRequest with_own = request;
    with_own.headers = {{"own.h", "#ifndef OWN_H\n#define OWN_H\n" + names + "\n#endif\n"}};
    const Both both = compile_both(with_own);
    check_same(both);
    return both.with.used_precompiled;
  };
  CHECK(on_list("#include <guarded.h>\n#include <lists.h>"));
  CHECK_FALSE(on_list("#include <declares.h>"));
  CHECK_FALSE(on_list("#include <defines.h>"));
  CHECK_FALSE(on_list("#include <undone.h>\n#include <undoes.h>"));
}

TEST_CASE("lines, file names and places in a module are its own with precompiled headers") {
  check_used(cxx_request(
      "// 1\n\n#define CHECKED 1\n#define NDEBUG_ 0\n#include <cassert>\n#if CHECKED\n#include <cstdio>\n#endif\n\n"
      "int f(int x) { assert(x); return __LINE__ + sizeof(__FILE__) + sizeof(__BASE_FILE__) + __INCLUDE_LEVEL__; }\n"));
  check_used(cxx_request("#define NDEBUG\n#include <cassert>\n// more\nint f() { int unused; return __LINE__; }\n",
                         {"-O1", "-Wall"}));
}

TEST_CASE("__COUNTER__ goes on where the headers left it") {
  const Headers headers;
  headers.add("counts.h", "enum { first = __COUNTER__, second = __COUNTER__ };\n");
  check_used(headers.request("#include <counts.h>\nint f() { return __COUNTER__ * 100 + second; }\n"));
  check_used(headers.request(
      "#define N __COUNTER__\n#if N == 0\n#endif\n#include <counts.h>\nint f() { return first * 10 + N; }\n"));
  // Only together with what counts before them.
  const Both both = compile_both(
      headers.request("#if __COUNTER__\n#endif\n#include <counts.h>\nint f() { return first * 10 + __COUNTER__; }\n"));
  check_same(both);
  CHECK(both.used.starts_with("#if __COUNTER__"));
}

TEST_CASE("what a flag's macro stands for is asked for too") {
  const Headers headers;
  headers.add("defines.h", "#define LATER 1\n");
  const CompileRequest request = headers.request(
      "#if ASKED\nint f() { return 1; }\n#else\n#define N 2\n#endif\n#include <defines.h>\nint g() { return LATER; }\n",
      {"-O1", "-DASKED=LATER"});
  check_unused(request);
  const Both both = compile_both(headers.request(
      "#if ASKED\n#define N 1\n#else\n#define N 2\n#endif\n#include <defines.h>\nint f() { return N; }\n",
      {"-DASKED=LATER"}));
  check_same(both);
  CHECK(both.used.starts_with("#if ASKED"));
}

TEST_CASE("headers that would mean something else are not precompiled") {
  const Headers headers;
  for (const std::string text :
       {"inline const char* when() { return __DATE__; }", "inline const char* when() { return __TIME__; }",
        "inline const char* when() { return __TIMESTAMP__; }", "inline const char* where() { return __BASE_FILE__; }",
        "inline int depth() { return __INCLUDE_LEVEL__; }", "#pragma GCC visibility push(hidden)",
        "#pragma clang section bss=\"mine\"", "#pragma redefine_extname old_name new_name",
        "#pragma STDC FP_CONTRACT OFF", "#define SECTION(x) _Pragma(#x)\nSECTION(clang section bss=\"mine\")"}) {
    headers.add("special.h", text + "\n");
    const CompileRequest request =
        planned(headers.request("#include <special.h>\nint f() { static int n; return ++n; }\n"));
    CAPTURE(text);
    const Precompiled precompiled = compiler().precompile(request, "#include <special.h>\n");
    CHECK_FALSE(precompiled.refusal.empty());
    CHECK(precompiled.is_refused);
    CHECK(precompiled.pch.empty());
    CHECK_FALSE(request.header_plan.suited_by(precompiled));
    CHECK_FALSE(compiler().compile(request, &precompiled).used_precompiled);
  }
}

TEST_CASE("declarations that make code without a body are not lost") {
  const Headers headers;
  const std::string g = "extern \"C\" int g() { return 4; }\n";
  for (const std::string& text :
       {g + "extern \"C\" int h() __attribute__((alias(\"g\")));",
        g + "namespace n { extern \"C\" int h() __attribute__((weak, alias(\"g\"))); }",
        std::string("int one = 1;\nextern int other __attribute__((alias(\"one\")));"), g + "#pragma weak h = g",
        g + "extern \"C\" { typedef int F(); F* chooses() { return g; } int h() __attribute__((ifunc(\"chooses\"))); }",
#if defined(__x86_64__)
        std::string("__attribute__((target_clones(\"avx2\", \"default\"))) inline int h() { return 3; }"),
#endif
        g + "__asm__(\".globl h\\nh = 1\");", std::string("__attribute__((used)) static int kept() { return 1; }"),
        std::string("__attribute__((used, retain)) static int kept = 1;"),
        std::string("static int weakly() __attribute__((weakref(\"elsewhere\")));"),
        std::string("extern \"C\" int named() __asm__(\"other_name\");\nint use() { return named(); }")}) {
    headers.add("makes.h", "#pragma once\n" + text + "\n");
    CAPTURE(text);
    const Both both = compile_both(headers.request("#include <makes.h>\nint f() { return 2; }\n"));
    CAPTURE(both.refusal);
    check_same(both);
    // What Clang keeps must not be refused: the C library's headers are full of names for the assembler.
    const bool lost = text.find("alias") != text.npos || text.find("ifunc") != text.npos ||
                      text.find("#pragma") != text.npos || text.find("clones") != text.npos;
    CHECK(both.with.used_precompiled == !lost);
    CHECK((both.refusal.find("would be lost") != std::string::npos) == lost);
  }
  headers.add("external.h", "#pragma once\ninline int g(void) { return 4; }\nextern int g(void);\nint tentative;\n");
  CompileRequest c = headers.request("#include <external.h>\nint f(void) { return 2; }\n", {"-std=gnu17", "-O1"});
  c.is_c = true;
  check_unused(c);
  headers.add("external.h", "#pragma once\nint tentative;\n");
  check_used(c);
}

TEST_CASE("what #pragmas in headers set holds in the module") {
  const Headers headers;
  const auto check = [&](const std::string& header, const std::string& body) {
    headers.add("sets.h", header + "\n");
    check_used(headers.request("#include <sets.h>\n" + body + "\n", {"-O1", "-Wall", "-Wno-pragma-pack"}));
  };
  check("#pragma pack(1)", "struct S { char c; long l; }; int f() { return sizeof(S); }");
  check("#pragma pack(push, 2)\nstruct T { char c; long l; };\n#pragma pack(pop)",
        "struct S { char c; long l; }; int f() { return sizeof(S) * 100 + sizeof(T); }");
  check("#pragma GCC visibility push(hidden)\nint g();\n#pragma GCC visibility pop", "int f() { return g(); }");
  check("#pragma GCC diagnostic ignored \"-Wunused-variable\"", "int f() { int unused; return 1; }");
  check("#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Wunused-variable\"\n#pragma GCC diagnostic pop",
        "int f() { int unused; return 1; }");
  check("#define QUIET(x) _Pragma(#x)\nQUIET(GCC diagnostic ignored \"-Wunused-variable\")",
        "int f() { int unused; return 1; }");
  check("#pragma weak g", "extern \"C\" int g(); int f() { return g(); }");
  check("#define A 1\n#pragma push_macro(\"A\")\n#undef A\n#define A 2\n#pragma pop_macro(\"A\")",
        "int f() { return A; }");
}

TEST_CASE("a macro that a header put aside is brought back by the module") {
  const Headers headers;
  headers.add("aside.h", "#define A 1\n#pragma push_macro(\"A\")\n#undef A\n#define A 2\n");
  check_used(headers.request("#include <aside.h>\nint f() { return A; }\n"));
  check_used(headers.request(
      "#include <aside.h>\n#pragma push_macro(\"A\")\n#pragma pop_macro(\"A\")\nint f() { return A; }\n"));
  check_unused(headers.request("#include <aside.h>\nint g();\n#pragma pop_macro(\"A\")\nint f() { return A; }\n"));
  headers.add("back.h", "_Pragma(\"pop_macro(\\\"A\\\")\")\n");
  check_unused(headers.request("#include <aside.h>\nint g();\n#include <back.h>\nint f() { return A; }\n"));
  const Both wrong = compile_both(
      headers.request("#include <aside.h>\nint g();\n#pragma pop_macro(\"A\")\nint f() { return A + B; }\n"));
  CHECK_FALSE(wrong.with.used_precompiled);
  CHECK(wrong.with.diagnostics_text == wrong.without.diagnostics_text);
}

TEST_CASE("declarations of headers stay in force") {
  const Headers headers;
  headers.add("opens.h", "extern \"C\" {\n");
  headers.add("closes.h", "}\n");
  headers.add(
      "declares.h",
      "#include <iostream>\nusing namespace std;\nnamespace { int hidden() { static int third; return ++third; } }\n"
      "inline int once() { static int n = hidden(); return n; }\ntemplate <class T> T twice(T x) { return x + x; }\n");
  check_used(headers.request("#include <declares.h>\nint f() { cout << once() << twice(2.0); return 0; }\n"));
  check_used(headers.request("#include <opens.h>\n#include <closes.h>\nint f() { return 1; }\n"));
  // A block that is open at the end of the headers: they are no program of their own.
  check_unused(headers.request("#include <opens.h>\nint f() { return 1; }\n#include <closes.h>\n"));
}

TEST_CASE("constructors of variables in headers run in their order") {
  const Headers headers;
  headers.add("one.h",
              "#pragma once\n#include <iostream>\nstruct One { One(); ~One(); };\ninline One& one() { static One o; "
              "return o; }\n");
  headers.add(
      "other.h",
      "#pragma once\n#include <ios>\nstruct Counted { Counted(); ~Counted(); };\nstatic Counted first, second;\n");
  headers.add("both.h", "#pragma once\n#include <iostream>\n#include <other.h>\n");
  check_used(headers.request("#include <one.h>\nstatic One last;\nint f() { std::cout << &one(); return 0; }\n"));
  check_used(headers.request("#include <other.h>\nstatic Counted last;\n"));
  // Clang by itself would put those of the user's headers before those of the system's.
  const std::string ends = "static Counted last;\nint f() { return 1; }\n";
  check_used(headers.request("#include <both.h>\n" + ends));
  check_used(headers.request("#include <both.h>\n" + ends, {"-O0"}));
  headers.add("made.h",
              "#pragma once\n#include <both.h>\ntemplate <int n> struct Made { static Counted member; };\n"
              "template <int n> Counted Made<n>::member;\nstatic Counted middle;\ntemplate struct Made<1>;\n"
              "inline Counted* use() { return &Made<2>::member; }\n"
              "__attribute__((constructor)) static void early() { use(); }\nstatic Counted late;\n");
  check_used(headers.request("#include <made.h>\n" + ends, {"-O0"}));
  check_used(
      headers.request("#define SKIPPED 1\n#include <made.h>\nCounted* g() { return &Made<3>::member; }\n" + ends));
}

TEST_CASE("a header in memory that the headers ask for is not missed") {
  const Headers headers;
  headers.add("asks.h", "#if __has_include(\"own.h\")\n#define FOUND 1\n#else\n#define FOUND 2\n#endif\n");
  headers.add("includes.h", "#include \"own.h\"\n");
  headers.add("own.h", "#define OWN 1\n");
  for (const char* source :
       {"#include <asks.h>\nint f() { return FOUND; }\n", "#include <includes.h>\nint f() { return OWN; }\n"}) {
    CompileRequest request = headers.request(source);
    check_used(request);
    request.headers = {{"own.h", "#define OWN 3\n"}};
    check_unused(request);
  }
}

TEST_CASE("debug information and flags that include headers rule precompiled headers out") {
  for (const Flags& flags :
       {Flags{"-g"}, Flags{"-gline-tables-only"}, Flags{"-include", "cassert"}, Flags{"-imacros", "cassert"}}) {
    CAPTURE(flags.front());
    CHECK(compiler().plan_headers(cxx_request("#include <map>\nint f();", flags)).preludes.empty());
  }
}

TEST_CASE("little text is not precompiled when more is asked for") {
  const CompileRequest request = cxx_request("#include <cstddef>\nint f();\n");
  const Precompiled little = compiler().precompile(request, "#include <cstddef>\n", {1'000'000});
  CHECK(little.is_cheap);
  CHECK(little.pch.empty());
  CHECK(little.refusal.empty());
  const Precompiled much = compiler().precompile(request, "#include <cstddef>\n", {1000});
  CHECK_FALSE(much.is_cheap);
  CHECK_FALSE(much.pch.empty());
}

TEST_CASE("precompiling stops at the limits of the request, for this time") {
  CompileRequest request = cxx_request("");
  request.limits.time = std::chrono::nanoseconds(1);
  const Precompiled precompiled = compiler().precompile(request, "#include <map>\n");
  CHECK(precompiled.pch.empty());
  CHECK_FALSE(precompiled.refusal.empty());
  CHECK_FALSE(precompiled.is_refused);
  CHECK_FALSE(precompiled.is_cheap);
}

TEST_CASE("a compile tells how much text its headers have") {
  CHECK(compiler().compile(cxx_request("int f() { return 1; }\n")).header_bytes == 0);
  const std::uint64_t one = compiler().compile(cxx_request("#include <cstddef>\nint f();\n")).header_bytes;
  CHECK(one > 1000);
  CHECK(one < 1'000'000);
  CHECK(compiler().compile_quickly(cxx_request("#include <map>\nint f();\n")).result.header_bytes > one);
}

TEST_CASE("a compile tells which names of its plan the headers mention") {
  const Headers headers;
  headers.add("asks.h", "#ifdef ASKED\n#endif\n#if defined(DEFINED)\n#endif\ninline int asks() { return EXPANDED; }\n");
  const CompileRequest request =
      planned(headers.request("#define ASKED\n#define DEFINED\n#define EXPANDED 1\n#define OTHER 1\n#include <asks.h>\n"
                              "#ifdef OTHER\nint f() { return OTHER + asks(); }\n#endif\n"));
  std::vector<std::uint64_t> mentioned = compiler().compile(request).mentioned;
  std::vector<std::uint64_t> expected = {hash_of_name("ASKED"), hash_of_name("DEFINED"), hash_of_name("EXPANDED")};
  std::ranges::sort(mentioned);
  std::ranges::sort(expected);
  CHECK(mentioned == expected);
}

TEST_CASE("precompiled headers of another compiler, or none, do no harm") {
  const CompileRequest request = planned(cxx_request("#include <cstddef>\nint f() { return 1; }\n"));
  Precompiled precompiled = compiler().precompile(request, "#include <cstddef>\n");
  const Bytes right(precompiled.pch.begin(), precompiled.pch.end());
  const CompileResult without = compiler().compile(request);
  for (const Bytes& wrong : {Bytes{1, 2, 3}, Bytes(right.begin(), right.begin() + 100), Bytes()}) {
    precompiled.pch = wrong;
    const CompileResult with = compiler().compile(request, &precompiled);
    CHECK_FALSE(with.used_precompiled);
    CHECK(with.object == without.object);
    CHECK(with.diagnostics_text == without.diagnostics_text);
  }
}
