// What the compiler says is the same with precompiled headers.
#include "precompiling.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

TEST_CASE("a prelude with errors, or with warnings about itself, is not precompiled") {
  const Headers headers;
  headers.add("open.h", "#pragma pack(push, 1)\n");
  for (const char* text :
       {"#include <nowhere.h>\n", "#include <open.h>\n", "#define A 1\n#define A 2\n#include <cstddef>\n"}) {
    CAPTURE(text);
    const Precompiled precompiled = compiler().precompile(headers.request(""), text);
    CHECK(precompiled.pch.empty());
    CHECK_THAT(precompiled.refusal, Contains("the compiler reports"));
    CHECK_FALSE(precompiled.is_refused);
  }
}

TEST_CASE("what the compiler says of headers is said again with precompiled ones") {
  const Headers headers;
  headers.add("warns.h",
              "#pragma once\n#warning \"look\"\n#include <inner.h>\ninline int f() { int unused; return 1; }\n");
  headers.add("inner.h", "#pragma once\n#warning inner\n");
  const Flags flags = {"-O1", "-Wall", "-Wno-such-warning"};
  const std::string ends = "int g() { int unused; return f(); }\n";
  check_used(headers.request("#include <warns.h>\n" + ends, flags));
  check_used(headers.request("#line 40 \"/home/me/kernel.cpp\"\n#include <warns.h>\n" + ends, flags));
  check_used(headers.request("// 1\n#include <cstddef>\n\n#include <warns.h>\n#include <inner.h>\n" + ends, flags));
  check_used(headers.request("#define A \\\n 1\n#if A\n/* 3\n 4 */ #include <warns.h>\n#endif\n" + ends, flags));
  check_used(headers.request("#include <cstddef>\nint h();\n", flags));
  CompileRequest request = headers.request("#include \"own.h\"\n" + ends, flags);
  request.headers = {{"own.h", "#ifndef OWN_H\n#define OWN_H\n#include <cstddef>\n#include \"dep.h\"\n#endif\n"},
                     {"dep.h", "#pragma once\n\n#include <warns.h>\n"}};
  check_used(request);
  CHECK_THAT(compile_both(request).with.diagnostics_text,
             Contains("In file included from /dijitso/module.cpp:1:\nIn file included from /dijitso/own.h:4:\n"
                      "In file included from /dijitso/dep.h:3:\n"));
  // Together with what is said of the module, but not when it is wrong.
  const Both both = compile_both(request);
  CHECK(both.with.diagnostics.size() == both.without.diagnostics.size());
  check_unused(headers.request("#include <cstddef>\nint h();\n", {"-DA=1", "-DA=2", "-include", "cassert"}));
}

namespace {

const Flags flags_of_wrong = {"-O1", "-Wall"};

// What is wrong with a module, behind headers that were precompiled.
void check_said_alike(const Precompiled& headers, const std::string& source, bool is_found_at_once) {
  const CompileRequest request = planned(cxx_request(source, flags_of_wrong));
  CAPTURE(request.source);
  REQUIRE(request.header_plan.suited_by(headers));
  const CompileResult without = compiler().compile(request);
  CHECK_FALSE(without.ok);
  for (const CompileResult& with :
       {compiler().compile(request, &headers), compiler().compile_quickly(request, &headers).result}) {
    CHECK_FALSE(with.ok);
    CHECK(with.diagnostics_text == without.diagnostics_text);
    CHECK(with.diagnostics.size() == without.diagnostics.size());
    CHECK(with.used_precompiled == is_found_at_once);
  }
}

Precompiled precompiled_beginning(const std::string& source, bool as_it_stands) {
  const CompileRequest request = planned(cxx_request(source + "int f();\n", flags_of_wrong));
  const std::vector<Prelude>& preludes = request.header_plan.preludes;
  return compiler().precompile(request, (as_it_stands ? preludes.back() : preludes.front()).text);
}

}  // namespace

TEST_CASE("what is wrong with a module is said alike with precompiled headers, and at once") {
  const std::string begin = "#include <algorithm>\n#include <memory>\n#include <string>\n";
  const Precompiled headers = precompiled_beginning(begin, /*as_it_stands=*/false);
  for (const char* wrong :
       {"int f() { return g(); }\n", "int f() { return 1 }\n", "struct S { int x;\n",
        "int f(int value) { return valve; }\n", "std::strng text;\n", "std::string text = 1;\n",
        "int f(const std::string& s) { return s.sise(); }\n", "double f() { return std::max(1, 2.0); }\n",
        "void f(std::string s) { s << 1; }\n", "std::unique_ptr<int> f(std::unique_ptr<int>& p) { return p; }\n",
        "int f();\n#include <nosuch.h>\n", "#error wrong\n", "#if 1\nint f();\n",
        "namespace std { class string {}; }\n",
        "static_assert(sizeof(std::string) == 1, \"no\");\nint unused() { int u; return 0; }\n",
        "int f() { return a + b + c + d + e + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v; }\n"})
    check_said_alike(headers, begin + wrong, /*is_found_at_once=*/true);
  const std::string with_macros = "#define WIDE 1\n#define WIDE 1\n#include <cassert>\n";
  check_said_alike(precompiled_beginning(with_macros, /*as_it_stands=*/true),
                   with_macros + "int f() { return g(WIDE); }\n",
                   /*is_found_at_once=*/true);
}

TEST_CASE("an error in a header is looked for again without precompiled headers") {
  const std::string begin = "#include <memory>\n";
  const Precompiled headers = precompiled_beginning(begin, /*as_it_stands=*/false);
  for (const char* wrong : {"struct S;\nvoid f(S* s) { std::unique_ptr<S> p(s); }\n",
                            "std::shared_ptr<int> f(int x) { return std::make_shared<int>(&x); }\n"})
    check_said_alike(headers, begin + wrong, /*is_found_at_once=*/false);
}

TEST_CASE("what is said of templates in headers is said as without precompiled ones") {
  const Headers headers;
  const std::string text = "#pragma once\ntemplate <class T> bool is_less(T x) { return x < 1u; }\n";
  headers.add("template.h", text);
  headers.add("warns.h", text + "inline bool g() { return is_less(2); }\n#warning look\n");
  for (const char* name : {"template.h", "warns.h"})
    for (const char* begin : {"", "#define A 1\n#include <cstddef>\n"})
      check_used(
          headers.request(std::string(begin) + "#include <" + name + ">\nint f() { int unused; return is_less(1); }\n",
                          {"-Wall", "-Wsign-compare"}));
  // A place in the preamble itself is another one there.
  const CompileRequest request = headers.request(
      "#define ADD(x) x + unknown()\n#include <cstddef>\n#include <cassert>\n#define SUM(x) (x) == 1u\n"
      "#if 1\n#define LESS(x) ((x) < 1u)\n#include <climits>\n#endif\nbool f(int x) { return LESS(x); }\n",
      {"-Wsign-compare"});
  const Both both = compile_both(request);
  check_same(both);
  CHECK_THAT(both.without.diagnostics_text, Contains("expanded from macro"));
}
