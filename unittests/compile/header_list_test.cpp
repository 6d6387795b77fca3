#include "compile/pch/plan_headers.h"

#include "compile/pch/messages.h"
#include "compile/pch/prelude_watch.h"
#include "requests.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

std::vector<std::uint64_t> hashes(const std::vector<std::string>& names) {
  std::vector<std::uint64_t> hashes;
  for (const std::string& name : names) hashes.push_back(hash_of_name(name));
  return hashes;
}

Prelude header_list(const std::string& source, std::vector<MemoryHeader> headers = {}) {
  CompileRequest request = cxx_request(source);
  request.headers = std::move(headers);
  clang::LangOptions language;
  language.CPlusPlus = language.CPlusPlus11 = language.LineComment = true;
  return find_header_list(request, language);
}

}  // namespace

TEST_CASE("a header list is the headers before the first declaration") {
  CHECK(header_list("#include <map>\n#include \"eigen.h\"\nint f();\n#include <set>\n").text ==
        "#include <map>\n#include \"eigen.h\"\n");
  CHECK(header_list("// text\n/* text\n text */ #include <map> // more\n # include <set>\nnamespace n {}").text ==
        "#include <map>\n#include <set>\n");
  CHECK(header_list("int f();\n#include <map>\n").text.empty());
  CHECK(header_list("").text.empty());
  CHECK(header_list("#include <map>").text == "#include <map>\n");
  CHECK(header_list("#\n#include <set>").text == "#include <set>\n");
}

TEST_CASE("a header list ends before what may mean something else elsewhere") {
  for (const char* line : {"#pragma GCC visibility push(hidden)", "#include NAME", "#include", "#include <unclosed",
                           "#include_next <a>", "#error no", "#line 7", "#import <a>", "#if 1\n#include <a>\n#endif",
                           "#if __has_include(<a>)\n#endif", "#define", "extern \"C\" {", "#if 1\nint f();\n#endif"}) {
    CAPTURE(line);
    CHECK(header_list("#include <map>\n" + std::string(line) + "\n#include <set>\n").text == "#include <map>\n");
  }
}

TEST_CASE("a text may say first where it is from") {
  const Prelude list = header_list("#line 40 \"/home/me/kernel.cpp\"\n#include <map>\n\n#include <set>\nint f();\n");
  CHECK(list.text == "#include <map>\n#include <set>\n");
  CHECK(list.places == std::vector{text_of_place("/home/me/kernel.cpp", 40), text_of_place("/home/me/kernel.cpp", 42)});
  for (const char* line : {"#line 7", "#line NAME", "#line 7 \"a\\\\b\"", "#line 7 \"a\" b", "#line 7 \"\"", "#line"}) {
    CAPTURE(line);
    CHECK(header_list(std::string(line) + "\n#include <set>\n").text.empty());
  }
}

TEST_CASE("headers in memory are read, not listed") {
  const std::string guarded = "#ifndef OWN_H\n#define OWN_H\n#include <map>\n#include \"dep.h\"\nclass A;\n#endif\n";
  const Prelude list =
      header_list("#include \"own.h\"\n#include <set>\n",
                  {{"own.h", guarded}, {"dep.h", "#pragma once\n#include <list>\n#define ONE 1\n#include <deque>\n"}});
  CHECK(list.text == "#include <map>\n#include <list>\n#include <deque>\n");
  CHECK(list.unmentioned == hashes({"OWN_H", "ONE"}));
  CHECK(list.unchanged == hashes({"OWN_H"}));
  CHECK(
      header_list("#include \"own.h\"\n#include <set>\n", {{"own.h", "#ifndef A\n#define A\n#include <map>\n#endif\n"}})
          .text == "#include <map>\n#include <set>\n");
  CHECK(
      header_list("#include \"a.h\"\n#include <set>\n", {{"a.h", "#include \"a.h\"\n#include <map>\n"}}).text.empty());
}

TEST_CASE("macros before the headers are noted") {
  const Prelude list = header_list(
      "#if defined _WIN32 || defined(__CYGWIN__)\n  #ifdef __GNUC__\n    #define EXPORT a\n  #else\n    #define EXPORT "
      "b\n"
      "  #endif\n#elif LEVEL > 3\n  #undef OTHER\n#endif\n#define F(x) x + \\\n  y\n#include <map>\n");
  CHECK(list.text == "#include <map>\n");
  CHECK(list.unmentioned == hashes({"EXPORT", "EXPORT", "OTHER", "F"}));
  CHECK(list.unchanged ==
        hashes({"defined", "_WIN32", "defined", "__CYGWIN__", "__GNUC__", "a", "b", "LEVEL", "x", "x", "y"}));
}
