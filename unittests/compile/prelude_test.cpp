#include "compile/prelude.h"

#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compile;
using namespace dijitso::testing;
using Names = std::vector<std::string>;

namespace {

Prelude prelude_of(const std::string& source, std::vector<MemoryHeader> headers = {}) {
  CompileRequest request = cxx_request(source);
  request.headers = std::move(headers);
  clang::LangOptions language;
  language.CPlusPlus = language.CPlusPlus11 = language.LineComment = true;
  return find_prelude(request, language);
}

// The object with the source's prelude precompiled and without.
struct Both {
  CompileResult with, without;
};

Both compile_both(const CompileRequest& request) {
  const Precompiled precompiled = compiler().precompile(request, compiler().prelude_of(request));
  return {compiler().compile(request, &precompiled), compiler().compile(request)};
}

}  // namespace

TEST_CASE("a prelude is the headers before the first declaration") {
  CHECK(prelude_of("#include <map>\n#include \"eigen.h\"\nint f();\n#include <set>\n").text ==
        "#include <map>\n#include \"eigen.h\"\n");
  CHECK(prelude_of("// text\n/* text\n text */ #include <map> // more\n # include <set>\nnamespace n {}").text ==
        "#include <map>\n#include <set>\n");
  CHECK(prelude_of("int f();\n#include <map>\n").text.empty());
  CHECK(prelude_of("").text.empty());
  CHECK(prelude_of("#include <map>").text == "#include <map>\n");
  CHECK(prelude_of("#\n#include <set>").text == "#include <set>\n");
}

TEST_CASE("a prelude ends before what may mean something else elsewhere") {
  for (const char* line : {"#pragma GCC visibility push(hidden)", "#include NAME", "#include", "#include <unclosed",
                           "#include_next <a>", "#error no", "#line 7", "#import <a>", "#if 1\n#include <a>\n#endif",
                           "#if __has_include(<a>)\n#endif", "#define", "extern \"C\" {", "#if 1\nint f();\n#endif"}) {
    CAPTURE(line);
    CHECK(prelude_of("#include <map>\n" + std::string(line) + "\n#include <set>\n").text == "#include <map>\n");
  }
}

TEST_CASE("headers in memory are read, not listed") {
  const std::string guarded = "#ifndef OWN_H\n#define OWN_H\n#include <map>\n#include \"dep.h\"\nclass A;\n#endif\n";
  const Prelude prelude =
      prelude_of("#include \"own.h\"\n#include <set>\n",
                 {{"own.h", guarded}, {"dep.h", "#pragma once\n#include <list>\n#define ONE 1\n#include <deque>\n"}});
  CHECK(prelude.text == "#include <map>\n#include <list>\n#include <deque>\n");
  CHECK(prelude.defines == Names{"OWN_H", "ONE"});
  CHECK(prelude.conditions == Names{"OWN_H"});
  CHECK(
      prelude_of("#include \"own.h\"\n#include <set>\n", {{"own.h", "#ifndef A\n#define A\n#include <map>\n#endif\n"}})
          .text == "#include <map>\n#include <set>\n");
  CHECK(prelude_of("#include \"a.h\"\n#include <set>\n", {{"a.h", "#include \"a.h\"\n#include <map>\n"}}).text.empty());
}

TEST_CASE("macros before the headers are noted") {
  const Prelude prelude = prelude_of(
      "#if defined _WIN32 || defined(__CYGWIN__)\n  #ifdef __GNUC__\n    #define EXPORT a\n  #else\n    #define EXPORT "
      "b\n"
      "  #endif\n#elif LEVEL > 3\n  #undef OTHER\n#endif\n#define F(x) x + \\\n  y\n#include <map>\n");
  CHECK(prelude.text == "#include <map>\n");
  CHECK(prelude.defines == Names{"EXPORT", "EXPORT", "OTHER", "F"});
  CHECK(prelude.conditions == Names{"defined", "_WIN32", "defined", "__CYGWIN__", "__GNUC__", "LEVEL"});
}

TEST_CASE("an object is the same with precompiled headers") {
  const CompileRequest request = cxx_request(
      "#define EXPORT extern \"C\"\n#include <iostream>\n#include <map>\n#include <string>\n"
      "EXPORT double sum(const std::map<std::string, double>& values) {\n  double total = 0;\n"
      "  for (const auto& value : values) total += value.second;\n  std::cout << total;\n  return total;\n}\n",
      default_flags);
  const Both both = compile_both(request);
  REQUIRE(both.without.ok);
  CHECK(both.with.used_precompiled);
  CHECK_FALSE(both.without.used_precompiled);
  CHECK(both.with.object == both.without.object);
}

TEST_CASE("headers in precompiled ones are reported with what was compiled") {
  const Scratch scratch;
  write_text(scratch / "inner.h", "#pragma once\ninline int inner() { return 1; }\n");
  write_text(scratch / "outer.h", "#include \"inner.h\"\n");
  CompileRequest request = cxx_request("#include \"outer.h\"\nint f() { return inner(); }\n");
  request.include_dirs = {scratch.path().string()};
  const Both both = compile_both(request);
  REQUIRE(both.with.used_precompiled);
  REQUIRE(both.with.files.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(both.with.files[i].path == both.without.files[i].path);
    CHECK(both.with.files[i].content == both.without.files[i].content);
  }
}

TEST_CASE("precompiled headers are not used where they could make a difference") {
  for (const char* source :
       {"#define NDEBUG\n#include <cassert>\nvoid f(int x) { assert(x); }\n",  // the header asks for it
        "#define map other\n#include <map>\nint f();\n",                       // the header uses the name
        "#include <cassert>\n#ifdef assert\n#define FOUND 1\n#endif\nint f() { return 0; }\n",  // defined by the header
        "#ifdef EOF\n#define N 1\n#else\n#define N 2\n#endif\n#include <cstdio>\nint f() { return N; }\n"}) {
    CAPTURE(source);
    const Both both = compile_both(cxx_request(source));
    REQUIRE(both.without.ok);
    CHECK_FALSE(both.with.used_precompiled);
    CHECK(both.with.object == both.without.object);
  }
  CHECK(compiler().prelude_of(cxx_request("#include <map>\nint f();", {"-g"})).empty());
  CHECK(compiler().prelude_of(cxx_request("#include <map>\nint f();", {"-include", "cassert"})).empty());
}

TEST_CASE("a prelude of which the compiler has anything to say is not precompiled") {
  CHECK(compiler().precompile(cxx_request(""), "#include <nowhere.h>\n").pch.empty());
  const Scratch scratch;
  write_text(scratch / "warns.h", "#warning look\n");
  CompileRequest request = cxx_request("#include \"warns.h\"\nint f();\n");
  request.include_dirs = {scratch.path().string()};
  CHECK(compiler().precompile(request, compiler().prelude_of(request)).pch.empty());
}

TEST_CASE("what is wrong with a module is said alike with precompiled headers") {
  const Both both = compile_both(cxx_request("#include <map>\nint f() { return g(); }\n"));
  CHECK_FALSE(both.with.ok);
  CHECK(both.with.diagnostics_text == both.without.diagnostics_text);
  CHECK(both.with.diagnostics.size() == 1);
}
