#include "compile/limits/nesting.h"

#include <clang/Basic/IdentifierTable.h>
#include <clang/Basic/LangOptions.h>
#include <clang/Lex/Lexer.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace dijitso::compilation;

namespace {

// The largest estimate on the way through a text.
std::uint64_t most(const std::string& text) {
  clang::LangOptions language;
  language.CPlusPlus = true;
  clang::IdentifierTable identifiers(language);
  clang::Lexer lexer(clang::SourceLocation(), language, text.data(), text.data(), text.data() + text.size());
  Nesting nesting;
  std::uint64_t bytes = 0;
  clang::Token token;
  for (lexer.LexFromRawLexer(token); token.isNot(clang::tok::eof); lexer.LexFromRawLexer(token)) {
    nesting.add(token.is(clang::tok::raw_identifier) ? identifiers.get(token.getRawIdentifier()).getTokenID()
                                                     : token.getKind());
    bytes = std::max(bytes, nesting.bytes());
  }
  return bytes;
}

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

constexpr int many = 1000;
constexpr std::uint64_t levels = many * (std::uint64_t{8} << 10);  // more than the compiler needs for `many`
constexpr std::uint64_t few = 40 * (std::uint64_t{16} << 10);

}  // namespace

TEST_CASE("what is nested counts for each of its levels") {
  for (const std::string& text : std::vector<std::string>{
           "int f() { return x" + times(many, "+x") + "; }", "int f() { return " + times(many, "- ") + "x; }",
           "int f() { a" + times(many, "=a") + "; }", "int f() { " + times(many, "if (x) ") + "y(); }",
           "int f() { " + times(many, "if (x) y(); else ") + "z(); }",
           "int f() { " + times(many, "if (x) { y(); } else ") + "z(); }",
           "int f() { return " + times(many, "(T)") + "x; }", "int f() { return x" + times(many, "[0]") + "; }",
           "int f() { return x" + times(many, ".g()") + "; }", times(many, "A<") + "int" + times(many, ">") + " a;",
           "int " + times(many, "*") + "p;", times(many, "(") + "x" + times(many, ")"), times(many, "namespace {"),
           "struct S { int f() { return " + times(many, "!") + "x; } };"}) {
    INFO(text.substr(0, 60));
    CHECK(most(text) > levels);
  }
  CHECK(most("int f() { x" + times(many, ", x") + "; }") > levels / 8);
}

TEST_CASE("what lies side by side does not") {
  for (const std::string& text : std::vector<std::string>{
           times(many, "int f() { return 1; }"), times(many, "struct S { int a; };"),
           "int f() {" + times(many, "a += b;") + "}", "int f() { " + times(many, "if (x) y();") + " }",
           "int f() { " + times(many, "if (x) { y(); }") + " }",
           "int f() { " + times(many, "for (int i = 0; i < n; ++i) { a[i] = -b[i]; }") + " }", times(many, "{ x(); }"),
           times(many, ")]}")}) {
    INFO(text.substr(0, 60));
    CHECK(most(text) < few);
  }
  CHECK(most("double a[] = {" + times(many, "-1.5 * (x + y), ") + "0};") < few + many * 2048);
  CHECK(most("double a[][2] = {" + times(many, "{-1.5, 2}, ") + "{}};") < few + many * 2048);
}
