// Quick code and the optimised object of one run of the parser.
#include "requests.h"

#include <catch2/catch.hpp>

#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using compilation::CompileRequest;
using compilation::CompileResult;
using compilation::QuickResult;

namespace {

const std::string sum =
    "double sum(int n, const double* x) { double s = 0; for (int i = 0; i < n; ++i) s += x[i]; return s; }";

QuickResult quickly(const CompileRequest& request) { return compiler().compile_quickly(request); }

}  // namespace

TEST_CASE("the optimizer makes the object of an ordinary compile") {
  QuickResult quick;
  {
    CompileRequest request = cxx_request(sum, {"-O3"});  // which need not live longer
    quick = quickly(request);
  }
  REQUIRE(quick.result.ok);
  REQUIRE(quick.optimizer);
  CHECK(quick.untiered_reason == "");
  CHECK(is_object(quick.result.object));
  const CompileResult whole = compile_cxx(sum, {"-O3"});
  CHECK(quick.result.object != whole.object);
  CompileResult later;
  std::thread([&] { later = quick.optimizer->optimize(); }).join();
  CHECK(later.ok);
  CHECK(later.object == whole.object);
  for (const CompileResult& result : {quick.result, later}) {
    REQUIRE(result.steps.size() == 3);
    CHECK(result.seconds(compilation::Step::optimiser) > 0);
    CHECK(result.seconds(compilation::Step::code_generation) > 0);
  }
  CHECK(quick.result.steps[0].end == later.steps[0].end);  // the parser ran once
  CHECK(quick.result.steps[2].end < later.steps[1].begin);
  CHECK_THROWS_AS(quick.optimizer->optimize(), Error);
}

TEST_CASE("code of all kinds is copied, and the original stays as it was") {
  const std::string source =
      "const int table[] = {2, 3}; struct Bad { int code; }; int other(int); inline int twice(int i) { return 2 * i; }"
      "int choose(const int* a, int i) { switch (i) { case 0: return *a; case 1: throw Bad{1}; } return a ? *a : i; }"
      "int caught(int i) { try { return choose(table + 1, i) + other(twice(i)); } catch (const Bad& bad) { return "
      "bad.code; } }"
      "long assembled(long i) { asm(\"\" : \"+r\"(i)); return i && i - 1; }"
      "int (*pointer())(int) { return other; } double fused(double a) { return a * a + a; }";
  const QuickResult quick = quickly(cxx_request(source, {"-O2"}));
  REQUIRE(quick.optimizer);
  CHECK(quick.optimizer->optimize().object == compile_cxx(source, {"-O2"}).object);
  const std::string symbols = tool_output("nm", quick.result.object);
  for (const char* name : {" U _Z5otheri\n", " U __gxx_personality_v0\n", " t _Z6caughti.t0\n", " r _ZL5table\n"})
    CHECK(symbols.find(name) != symbols.npos);
}

TEST_CASE("all but the object is known before it is optimised") {
  CompileRequest request =
      cxx_request("#include <cstdint>\n#warning seen\n" + sum, {"-O2", "-mavx2", "-fno-such-thing-gcc"});
  request.arguments = {"-O2", "-mavx2", "-fgcse-las"};
  QuickResult quick = quickly(request);
  REQUIRE(quick.optimizer);
  const CompileResult whole = compiler().compile(request);
  for (const CompileResult& result : {quick.result, quick.optimizer->optimize()}) {
    CHECK(result.ok);
    CHECK(result.diagnostics_text == whole.diagnostics_text);
    CHECK(result.diagnostics.size() == 1);
    CHECK(result.isa_features == whole.isa_features);
    CHECK_FALSE(result.isa_features.empty());
    CHECK(result.dropped_flags == whole.dropped_flags);
    CHECK(result.compiler_version == whole.compiler_version);
    CHECK(result.files.size() == whole.files.size());
  }
}

TEST_CASE("quick code has a jump for each function that others know") {
  const QuickResult quick =
      quickly(cxx_request("static int own(int i) { return i + 1; } int f(int i) { return own(i); }"
                          "inline int g(int i) { return i; } int h() { return g(1); }"));
  REQUIRE(quick.optimizer);
  const std::string symbols = tool_output("nm", quick.result.object);
  for (const char* name : {" T _Z1fi\n", " t _Z1fi.t0\n", " D __dijitso_to._Z1fi\n", " D __dijitso_to._Z1gi\n"})
    CHECK(symbols.find(name) != symbols.npos);
  CHECK(symbols.find("__dijitso_to._ZL3owni") == symbols.npos);
}

TEST_CASE("a module that is not compiled in two tiers is compiled as ever") {
  const std::string source = "thread_local int v = 1; " + sum;
  const QuickResult quick = quickly(cxx_request(source, {"-O2"}));
  CHECK_FALSE(quick.optimizer);
  CHECK(quick.untiered_reason != "");
  CHECK(quick.shared_symbols.empty());
  CHECK(quick.result.object == compile_cxx(source, {"-O2"}).object);
  CHECK(quickly(cxx_request(source, {"-O0"})).result.object == compile_cxx(source, {"-O0"}).object);
}

TEST_CASE("what is wrong is said as in an ordinary compile") {
  for (const std::string source :
       {"int f( { return 1; }", "int f() { asm(\"no such instruction\"); return 1; }", "#include <nowhere.h>\n",
        "void g() __attribute__((error(\"no\"))); void f() { g(); }"}) {
    CAPTURE(source);
    const QuickResult quick = quickly(cxx_request(source, {"-O2"}));
    const CompileResult whole = compile_cxx(source, {"-O2"});
    CHECK_FALSE(quick.result.ok);
    CHECK_FALSE(quick.optimizer);
    CHECK(quick.result.diagnostics_text == whole.diagnostics_text);
    CHECK(quick.result.diagnostics.size() == whole.diagnostics.size());
    CHECK(quick.result.object.empty());
  }
  CHECK_THROWS_AS(quickly(cxx_request(sum, {"-o", "x"})), InvalidArgument);
}

TEST_CASE("an optimizer may be dropped, and deep code has the stack that it needs") {
  {
    const QuickResult dropped = quickly(cxx_request(sum, {"-O2"}));
  }
  std::string deep = "1";
  for (int i = 0; i < 2000; ++i) deep = "(x*" + deep + "+1)";
  const std::string source = "double f(double x) { return " + deep + "; }";
  QuickResult quick = quickly(cxx_request(source, {"-O2", "-fbracket-depth=5000"}));
  REQUIRE(quick.optimizer);
  CHECK(quick.optimizer->optimize().object == compile_cxx(source, {"-O2", "-fbracket-depth=5000"}).object);
}

TEST_CASE("with precompiled headers") {
  const CompileRequest request =
      planned(cxx_request("#include <vector>\n#include <iostream>\n"
                          "double f(std::vector<double> v) { v.push_back(1); return v.back(); }",
                          {"-O2"}));
  const compilation::Precompiled precompiled = compiler().precompile(request, request.header_plan.preludes.at(0).text);
  QuickResult quick = compiler().compile_quickly(request, &precompiled);
  CHECK(quick.result.used_precompiled);
  REQUIRE(quick.optimizer);
  CHECK(quick.optimizer->optimize().object == compiler().compile(request).object);
}
