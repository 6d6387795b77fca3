#include <dijitso/cache.h>

#include <catch2/catch.hpp>

using dijitso::cache::extract_function;
using Lines = std::vector<std::string>;

TEST_CASE("a function ends with its body", "[extract_function]") {
  CHECK(extract_function({"int f()", "{", "  if (1) { g(); }", "}", "int g();"}) ==
        "int f()\n{\n  if (1) { g(); }\n}\n");
  CHECK(extract_function({"int f() { return 1; }", "x"}) == "int f() { return 1; }\n");
  CHECK(extract_function({"struct A {\n", "  int x;\n", "};\n", "x\n"}) == "struct A {\n  int x;\n};\n");
}

TEST_CASE("a declaration ends with its semicolon", "[extract_function]") {
  CHECK(extract_function({"int f(int a,", "      int b);", "int g() {}"}) == "int f(int a,\n      int b);\n");
}

TEST_CASE("braces in comments and literals do not count", "[extract_function]") {
  const Lines lines = {"void f() { // }", "  /* } */ g(\"}\\\"}\", '}', '\\'', 1'000'000);", "  h(R\"x(})\" })x\");",
                       "  int n = 0xff'ff; char c = L'}';", "}"};
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  Lines more = lines;
  more.push_back("void g() {}");
  CHECK(extract_function(more) == all);
}

TEST_CASE("initialisers and default arguments are no bodies", "[extract_function]") {
  CHECK(extract_function({"A::A(B b = {})", "  : x{1},", "    y{2}", "{", "  z();", "}", "end"}) ==
        "A::A(B b = {})\n  : x{1},\n    y{2}\n{\n  z();\n}\n");
  CHECK(extract_function({"int f() {}  // then }", "{", "}"}) == "int f() {}  // then }\n{\n}\n");
}

TEST_CASE("what does not end is returned whole", "[extract_function]") {
  CHECK(extract_function({}) == "");
  CHECK(extract_function({"int f() {", "  /* open"}) == "int f() {\n  /* open\n");
  CHECK(extract_function({"'"}) == "'\n");
  CHECK(extract_function({"R\"x("}) == "R\"x(\n");
  CHECK(extract_function({"\\\""}) == "\\\"\n");
  CHECK(extract_function({"}", "x"}) == "}\n");
}
