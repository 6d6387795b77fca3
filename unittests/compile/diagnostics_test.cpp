#include "compile/compiler.h"
#include "requests.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

const Diagnostic* first(const CompileResult& result, Severity severity) {
  for (const Diagnostic& diagnostic : result.diagnostics)
    if (diagnostic.severity == severity) return &diagnostic;
  return nullptr;
}

}  // namespace

TEST_CASE("an error has file, line, column and text, and is printed with the source line") {
  const CompileResult result = compile_cxx("int a;\nint f() {\n  return unknown_name;\n}\n");
  CHECK_FALSE(result.ok);
  CHECK(result.object.empty());
  REQUIRE(result.diagnostics.size() == 1);
  const Diagnostic& error = result.diagnostics[0];
  CHECK(error.file == "/dijitso/module.cpp");
  CHECK(error.line == 3);
  CHECK(error.column == 10);
  CHECK(error.severity == Severity::error);
  CHECK(error.message == "use of undeclared identifier 'unknown_name'");
  CHECK_THAT(result.diagnostics_text, Contains("module.cpp:3:10: error: use of undeclared identifier") &&
                                          Contains("return unknown_name;") && Contains("^"));
}

TEST_CASE("#line gives the position of a message, in structure and text") {
  const CompileResult result = compile_cxx("#line 10 \"my template.tmpl\"\nint f() { return nosuch; }\n");
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].file == "my template.tmpl");
  CHECK(result.diagnostics[0].line == 10);
  CHECK_THAT(result.diagnostics_text,
             Contains("my template.tmpl:10:18: error: use of undeclared") && Contains("return nosuch;"));
}

TEST_CASE("warnings are kept and do not fail the compile, unless the flags say so") {
  const std::string source = "int f() { int unused; return 0; }\n";
  const CompileResult result = compile_cxx(source, {"-Wall"});
  CHECK(result.ok);
  CHECK(is_object(result.object));
  REQUIRE(first(result, Severity::warning) != nullptr);
  CHECK(first(result, Severity::warning)->message == "unused variable 'unused'");
  CHECK(first(result, Severity::warning)->line == 1);
  CHECK_THAT(result.diagnostics_text, Contains("warning: unused variable"));

  CHECK(compile_cxx(source).diagnostics.empty());
  const CompileResult strict = compile_cxx(source, {"-Wall", "-Werror"});
  CHECK_FALSE(strict.ok);
  CHECK(first(strict, Severity::error) != nullptr);
}

TEST_CASE("GCC's own warning flags do not fail a strict compile") {
  const CompileResult result =
      compile_cxx("int a;\n", {"-Wall", "-Werror", "-Wlogical-op", "-Wno-maybe-uninitialized"});
  CHECK(result.ok);
  CHECK(result.diagnostics_text == "");
  CHECK(result.dropped_flags == Flags{"-Wlogical-op", "-Wno-maybe-uninitialized"});
}

TEST_CASE("error directives and missing headers are told with their place") {
  const CompileResult directive = compile_cxx("\n#error not like this\n");
  REQUIRE(first(directive, Severity::error) != nullptr);
  CHECK(first(directive, Severity::error)->message == "not like this");
  CHECK(first(directive, Severity::error)->line == 2);

  const CompileResult missing = compile_cxx("#include \"nowhere.h\"\n");
  CHECK_FALSE(missing.ok);
  REQUIRE(first(missing, Severity::fatal) != nullptr);
  CHECK(first(missing, Severity::fatal)->message == "'nowhere.h' file not found");
  CHECK(first(missing, Severity::fatal)->line == 1);
}

TEST_CASE("an error in a header names the header") {
  CompileRequest request = cxx_request("#include \"broken.h\"\n");
  request.headers = {{"broken.h", "\n\nint a = ;\n"}};
  const CompileResult result = compiler().compile(request);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].file == "/dijitso/broken.h");
  CHECK(result.diagnostics[0].line == 3);
  CHECK_THAT(result.diagnostics_text, Contains("In file included from /dijitso/module.cpp:1:"));
}

TEST_CASE("an error in a template comes with notes") {
  const CompileResult result =
      compile_cxx("template <class T> int size(T t) { return t.size(); }\nint f() { return size(1); }\n");
  CHECK_FALSE(result.ok);
  REQUIRE(first(result, Severity::error) != nullptr);
  CHECK(first(result, Severity::error)->line == 1);
  REQUIRE(first(result, Severity::note) != nullptr);
  CHECK(first(result, Severity::note)->line == 2);
  CHECK_THAT(first(result, Severity::note)->message, Contains("requested here"));
}

TEST_CASE("messages are the same after an error in another module") {
  const std::string source = "int f() { return unknown_name; }\n";
  const std::string once = compile_cxx(source).diagnostics_text;
  compile_cxx("#include <nowhere.h>\n");
  CHECK(compile_cxx(source).diagnostics_text == once);
}

TEST_CASE("faults that only the code generator finds are diagnostics") {
  for (const char* source : {"int f() { asm(\"no_such_instruction %eax\"); return 0; }\n",
                             "asm(\".nonsense_directive 1\");\n", "asm(\"a:\\na:\\n\");\n",
                             "int f(int x) { asm(\"\" : : \"Z\"(x)); return x; }\n", "asm(\"mov nonsense(%rip\");\n"}) {
    INFO(source);
    const CompileResult result = compile_cxx(source);
    CHECK_FALSE(result.ok);
    CHECK(result.object.empty());
    CHECK(std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                      [](const Diagnostic& d) { return d.severity >= Severity::error && !d.message.empty(); }));
  }
}

TEST_CASE("requests to the compiler to crash are ignored") {
  for (const char* how :
       {"crash", "assert", "llvm_fatal_error", "llvm_unreachable", "parser_crash", "overflow_stack"}) {
    INFO(how);
    const CompileResult result = compile_cxx("#pragma clang __debug " + std::string(how) + "\nint a;\n");
    CHECK(result.ok);
  }
}

TEST_CASE("instructions that the target lacks are a diagnostic, unless the function asks for them") {
  const std::string header = "#include <immintrin.h>\n";
  const std::string body = "__m512d f(__m512d a, __m512d b) { return _mm512_add_pd(a, b); }\n";
  const CompileResult refused = compile_cxx(header + body);
  CHECK_FALSE(refused.ok);
  CHECK_THAT(refused.diagnostics_text, Contains("avx512f"));
  CHECK(compile_cxx(header + "__attribute__((target(\"avx512f\"))) " + body).ok);
  CHECK_FALSE(compile_cxx("int f(int x) { return __builtin_no_such_thing(x); }\n").ok);
  CHECK_FALSE(compile_cxx("int f(long x) { return __builtin_neon_vaddq_v(x, x, 1); }\n").ok);
}

TEST_CASE("flags that only the compiler proper refuses are an InvalidArgument with its words") {
  CHECK_THAT(thrown_by<InvalidArgument>([] { compile_cxx("", {"-std=c++99"}); }),
             Contains("the compiler refuses its flags: ") && Contains("invalid value 'c++99'"));
}

TEST_CASE("long lists of errors end after some") {
  std::string source;
  for (int i = 0; i < 1000; ++i) source += "int a" + std::to_string(i) + " = nothing;\n";
  const CompileResult result = compile_cxx(source);
  CHECK_FALSE(result.ok);
  CHECK(result.diagnostics.size() < 50);
  CHECK(result.diagnostics.back().severity == Severity::fatal);
  CHECK(result.diagnostics.back().file.empty());
  CHECK(result.diagnostics.back().line == 0);
}
