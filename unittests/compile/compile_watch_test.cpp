#include "compile/limits/compile_watch.h"

#include "compile/driver/arguments.h"
#include "compile/driver/invocation.h"
#include "compile/driver/targets.h"
#include "compile/frontend/frontend.h"
#include "compile/limits/large_stack.h"
#include "compile/tiers/backend.h"
#include "compile/tiers/tiers.h"
#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

constexpr std::size_t small_stack = std::size_t{64} << 20;
constexpr int allowed = small_stack / (16 << 10) - 64;  // levels of one token each

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

CompileResult compile_on(std::size_t stack, const CompileRequest& request) {
  prepare_native_target();
  ArgumentTranslator translator;
  CompileResult result;
  run_on_large_stack(
      [&] {
        CompileWatch watch(request.limits);
        try {
          result = compile_whole(request, translator.translate(request), nullptr, watch);
        } catch (const Abandoned& stop) {  // on a busy machine, ten seconds after it was stopped
          note_stop(stop.what(), result);
        }
      },
      stack);
  return result;
}

std::string says(const CompileResult& result) {
  return result.ok ? "" : result.diagnostics.empty() ? "nothing" : result.diagnostics_text;
}

const std::string declarations =
    "template <class T> struct A {};\nstruct N { N& g(); N* h; operator int(); } s, *p;\nint* q;\n";

std::string in_function(const std::string& expression) { return "int f(int x) { return " + expression + "; }\n"; }
std::string in_class(const std::string& expression) {
  return "struct S { int f(int x) { return " + expression + "; } };\nint g(S& s) { return s.f(1); }\n";
}
std::string in_template(const std::string& expression) {
  return "template <class T> T f(T x) { return " + expression + "; }\nint g(int x) { return f(x); }\n";
}

}  // namespace

TEST_CASE("expressions of many thousand terms compile") {
  const Flags quick = {"-O0", "-fbracket-depth=100000"};
  CHECK(says(compile_cxx("double f(double x) { return x" + times(128'000, "+x") + "; }", quick)).empty());
  CHECK(says(compile_cxx("double f(double x) { double a; " + times(6'000, "a = ") + "x; return a; }", quick)).empty());
  CHECK(says(compile_cxx("double f(double x) { x += 1" + times(8'000, ", x += 1") + "; return x; }", quick)).empty());
  CHECK(says(compile_cxx(in_function(times(8'000, "- ") + "x"), quick)).empty());
}

TEST_CASE("what is nested too deeply is a diagnostic, and what is not has enough stack") {
  struct Level {
    const char *open, *middle, *close;
  };
  const Flags flags = {"-O0", "-Wall", "-fbracket-depth=1000000"};
  for (const Level& level :
       {Level{"- ", "x", ""}, Level{"__extension__ ", "x", ""}, Level{"sizeof ", "x", ""}, Level{"(long)", "x", ""},
        Level{"x+", "x", ""}, Level{"x=", "x", ""}, Level{"x?x:", "x", ""}, Level{"q[", "0", "]"}, Level{"(", "x", ")"},
        Level{"s", "", ".g()"}, Level{"!p", "", "->h"}, Level{"x", "", ",x"}, Level{"0; if (x) ", "x++", ""},
        Level{"0; A<", "int", ">"}})
    for (const auto around : {in_function, in_class, in_template}) {
      INFO(level.open << level.middle << level.close << around("..."));
      const bool is_chain = std::strlen(level.middle) == 0;
      const bool is_statement = std::string_view(level.open).starts_with("0; ");
      const auto nested = [&](std::size_t n) {
        const std::string open = is_statement ? "0; " + times(n, level.open + 3) : times(is_chain ? 1 : n, level.open);
        return declarations + around(open + level.middle + times(n, level.close));
      };
      says(compile_on(small_stack, cxx_request(nested(allowed / 3), flags)));  // returns
      says(compile_on(small_stack, cxx_request(nested(allowed), flags)));
      const std::string text = says(compile_on(small_stack, cxx_request(nested(allowed * 10), flags)));
      CHECK_THAT(text, Contains("nested too deeply") || Contains("nesting level"));
    }
}

TEST_CASE("other things that are nested too deeply are diagnostics") {
  const std::size_t n = 100'000;
  const Flags flags = {"-O0", "-ftemplate-depth=100000000", "-fconstexpr-depth=100000000", "-fbracket-depth=1000000"};
  for (const std::string& source : std::vector<std::string>{
           "#if " + times(n, "(") + "1" + times(n, ")") + "\n#endif\n", "#if " + times(n, "- ") + "1\n#endif\n",
           "int " + times(n, "*") + "p;",
           "template <class T> struct A {};\n" + times(n, "A<") + "int" + times(n, "> ") + "a;",
           "void f(int x) { " + times(n, "if (x) ") + "f(x); }",
           "void f(int x) { " + times(n, "if (x) f(x); else ") + "f(1); }",
           "struct S { void f(int x) { " + times(n, "for (;x;) ") + "f(x); } };", times(n, "extern \"C\" ") + "int a;",
           "int f() { return " + times(n, "(") + "1" + times(n, ")") + "; }", "auto a = " + times(n, "[]{ return "),
           "template <int N> struct A : A<N + 1> {};\nA<0> a;\n",
           "template <int N> auto f(int x) { return f<N + 1>(" + times(100, "- ") + "x); }\nint a = f<0>(1);\n"}) {
    INFO(source.substr(0, 60));
    const std::string text = says(compile_on(small_stack, cxx_request(source, flags)));
    CHECK_THAT(text, Contains("nested too deeply") || Contains("nesting level"));
  }
  for (const std::string& link : {std::string(" : S#"), std::string(" { S# m"), std::string(" { S# m[1]")}) {
    INFO(link);
    std::string classes = "struct S0 {};\n";
    for (int i = 0; i < allowed + 100; ++i) {
      std::string end = link;
      end.replace(end.find('#'), 1, std::to_string(i));
      classes += "struct S" + std::to_string(i + 1) + end + (link.find('{') == link.npos ? " {};\n" : "; };\n");
    }
    CHECK_THAT(says(compile_on(small_stack, cxx_request(classes))), Contains("nested too deeply"));
  }
  const std::string calls =
      "constexpr int f(int n) { return n ? f(n - 1) + 1 : 0; }\nstatic_assert(f(500000) == 500000);\n";
  CHECK_THAT(says(compile_on(small_stack, cxx_request(calls, flags))), Contains("exceeded maximum depth"));
}

TEST_CASE("macros and headers without end are a diagnostic") {
  std::string doubling = "#define A0 1 +\n";
  for (int i = 1; i < 60; ++i)
    doubling += "#define A" + std::to_string(i) + " A" + std::to_string(i - 1) + " A" + std::to_string(i - 1) + "\n";
  const Scratch scratch;
  write_text(scratch / "twice.h", "#include \"twice.h\"\n#include \"twice.h\"\n");
  for (const std::string& use :
       std::vector<std::string>{std::string("int a = A59 0;\n"), std::string("#if A59 0\n#endif\n"),
                                "#define D(x) x x\n#define E(x) D(D(D(D(D(x)))))\nint a = E(E(E(E(E(E(1 +)))))) 0;\n",
                                "#define twice \"" + (scratch / "twice.h").string() + "\"\n#include twice\nint a;\n"}) {
    INFO(use);
    CompileRequest request = cxx_request(doubling + use);
    request.limits.tokens = 100'000;
    const CompileResult result = compiler().compile(request);
    CHECK_FALSE(result.ok);
    CHECK_THAT(result.diagnostics_text, Contains("more than 100000 tokens") || Contains("nested too deeply"));
  }
}

TEST_CASE("a compile that runs into its limit of time or memory fails and says so") {
  const std::string source = "int f() { return 1; }\n";
  for (const bool quickly : {false, true}) {
    const auto compile = [&](const CompileRequest& request) {
      return quickly ? compiler().compile_quickly(request).result : compiler().compile(request);
    };
    CompileRequest request = cxx_request(source);
    const CompileResult unlimited = compile(request);
    request.limits.time = std::chrono::hours(1);
    request.limits.memory = std::uint64_t{1} << 40;
    CHECK(compile(request).object == unlimited.object);
    request.limits.time = std::chrono::nanoseconds(1);
    const CompileResult late = compile(request);
    CHECK_FALSE(late.ok);
    CHECK(late.object.empty());
    REQUIRE(late.diagnostics.size() == 1);
    CHECK(late.diagnostics[0].severity == Severity::fatal);
    CHECK_THAT(late.diagnostics_text, Contains("build.compile_timeout"));
  }
  CompileRequest large = cxx_request("#include <cstddef>\nconst int a[] = {" + times(200'000, "1, ") + "};\n");
  large.limits.memory = 1;
  CHECK_THAT(says(compiler().compile(large)), Contains("build.compile_memory"));
}

TEST_CASE("templates end at the limit of time between two instantiations") {
  // 2^60 of them.
  CompileRequest request = cxx_request(
      "template <int N, int M> struct A { static const int v = A<N - 1, 2 * M>::v + A<N - 1, 2 * M + 1>::v; };\n"
      "template <int M> struct A<0, M> { static const int v = 1; };\n"
      "int a = A<28, 0>::v;\n");
  request.limits.time = std::chrono::milliseconds(100);
  CHECK_THAT(says(compiler().compile(request)), Contains("build.compile_timeout"));
}

TEST_CASE("a type that is made of too many others is a diagnostic") {
  // Clang would look at 2^40 of them to find f.
  std::string source = "template <class A, class B> struct P {};\nusing T0 = int;\n";
  for (int i = 0; i < 40; ++i) {
    const std::string inner = "T" + std::to_string(i);
    source += "using T" + std::to_string(i + 1) + " = P<" + inner + "*, " + inner + "&>;\n";
  }
  const std::string use = "template <class T> void f(T) {}\nvoid g() { f(T#()); }\n";
  const auto with = [&](const std::string& last) { return source + std::string(use).replace(use.find('#'), 1, last); };
  CHECK(compile_cxx(with("15")).ok);
  CHECK_THAT(says(compile_cxx(with("40"))), Contains("is made of more than"));
}

TEST_CASE("what is stopped after the parser has no code") {
  CompileRequest request = cxx_request("int f(int x) { return x + 1; }\nvoid* p = (void*)f;\n", {"-O2"});
  prepare_native_target();
  ArgumentTranslator translator;
  const Translation& translation = translator.translate(request);
  GeneratedCode code;
  run_on_large_stack([&] {
    CompileWatch parsing({});
    IntermediateCode parsed;
    REQUIRE(compile_to_intermediate_code(request, translation, nullptr, parsed, parsing).ok);
    CompileWatch watch({.time = std::chrono::nanoseconds(1)});
    code = generate_code(*parsed.module, invocation_for(translation, source_name(request)), watch);
  });
  CHECK_FALSE(code.ok);
  CHECK(code.object.empty());
  CHECK_THAT(code.messages, Contains("build.compile_timeout"));
}
