#include "compile/pch/plan_headers.h"

#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

Prelude preamble_of(const std::string& source, std::vector<MemoryHeader> headers = {}) {
  CompileRequest request = cxx_request(source);
  request.headers = std::move(headers);
  clang::LangOptions language;
  language.CPlusPlus = language.CPlusPlus11 = language.LineComment = true;
  return find_preamble(request, language);
}

// The text of the preamble of a source that it must be the very beginning of.
std::string beginning_of(const std::string& source) {
  const Prelude preamble = preamble_of(source);
  return source.compare(0, preamble.skipped, preamble.text, 0, preamble.skipped) == 0 ? preamble.text : "differs";
}

}  // namespace

TEST_CASE("a preamble goes to the last #include before the first declaration") {
  CHECK(beginning_of("#include <map>\nint f();\n#include <set>\n") == "#include <map>\n");
  CHECK(beginning_of("#define A 1\n#undef B\n#include <map>\n#define C\nint f();\n") ==
        "#define A 1\n#undef B\n#include <map>\n");
  CHECK(beginning_of("#define A 1\nint f();\n").empty());
  CHECK(beginning_of("").empty());
  CHECK(beginning_of("#include <map>") == "#include <map>\n");
  CHECK(beginning_of("#include \\\n <map>\nint f();") == "#include \\\n <map>\n");
  CHECK(beginning_of("#include HEADER\nint f();") == "#include HEADER\n");
  CHECK(beginning_of("#pragma GCC diagnostic push\n#include <map>\n#pragma GCC diagnostic pop\nint f();") ==
        "#pragma GCC diagnostic push\n#include <map>\n");
}

TEST_CASE("a preamble has conditions as a whole or not at all") {
  const std::string whole =
      "#if __has_include(<map>)\n#include <map>\n#elif 1\n#error no\n#else\n#include <set>\n#endif\n";
  CHECK(beginning_of(whole + "int f();\n") == whole);
  CHECK(beginning_of("#include <list>\n#ifdef A\n#include <map>\nint f();\n#endif\n") == "#include <list>\n");
  CHECK(beginning_of("#ifdef A\n#include <map>\n").empty());
  CHECK(beginning_of("#include <map>\n#endif\n#include <set>\n") == "#include <map>\n");
  CHECK(beginning_of("#include <map>\n#else\n#include <set>\n") == "#include <map>\n");
}

TEST_CASE("what stands between directives is not in the text of a preamble, and is skipped all the same") {
  const std::string source =
      "// of module 1\n#define A /* 1 */ 2\n\n  /* more\n lines */ #include <map> // and more\nint f();\n";
  const Prelude preamble = preamble_of(source);
  CHECK(preamble.text == "#define A /* 1 */ 2\n#include <map>\n");
  CHECK(source.substr(preamble.skipped) == " // and more\nint f();\n");
}

TEST_CASE("a preamble ends before what depends on its place, and before headers in memory") {
  for (const char* line : {"#line 7", "#pragma once", "#include_next <a>", "#import <a>", "#ident \"a\"", "#embed <a>",
                           "#include \"own.h\"", "#include <own.h>", "extern \"C\" {", "#include", "#unknown"}) {
    CAPTURE(line);
    CHECK(preamble_of("#include <map>\n" + std::string(line) + "\n#include <set>\n", {{"own.h", ""}}).text ==
          "#include <map>\n");
  }
}
