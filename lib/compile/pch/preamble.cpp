// Macros and conditions before the #include lines may decide what the headers contain (EIGEN_NO_DEBUG,
// PY_SSIZE_T_CLEAN). Such headers cannot be precompiled without these lines (header_list.cpp), but together with them.
// The preamble is the beginning of the source up to the last directive after an #include that is before the first
// declaration and outside of all conditions. A compile that uses the result skips these bytes of the source, so line
// numbers do not change. Comments are left out, because they often name the module. A preamble ends before a header in
// memory, because that differs between modules.
//
// Tested in unittests/compile/preamble_test.cpp.

#include "compile/pch/plan_headers.h"

#include "compile/driver/invocation.h"
#include "compile/pch/messages.h"

#include <clang/Basic/SourceLocation.h>
#include <clang/Lex/Lexer.h>

#include <algorithm>
#include <string_view>

namespace dijitso::compilation {
namespace {

// Reads directives with a raw lexer, which recognises comments, strings and continued lines, but expands no macros.
class Directives {
 public:
  Directives(const CompileRequest& request, const clang::LangOptions& language)
      : request_(request),
        begin_(request.source.data()),
        lexer_(clang::SourceLocation(), language, begin_, begin_, begin_ + request.source.size()) {
    next();
  }

  Prelude read();

 private:
  void next() { lexer_.LexFromRawLexer(token_); }
  bool in_line() const { return token_.isNot(clang::tok::eof) && !token_.isAtStartOfLine(); }
  const char* begin_of_token() const { return lexer_.getBufferLocation() - token_.getLength(); }
  std::string_view word() const {
    return token_.is(clang::tok::raw_identifier) ? std::string_view(token_.getRawIdentifier()) : std::string_view();
  }
  bool accept(std::string_view directive);
  bool includes_from_memory() const;

  const CompileRequest& request_;
  const char* begin_;
  clang::Lexer lexer_;
  clang::Token token_;
  int conditions_ = 0;
  bool has_include_ = false;  // since the last time when no condition was open
};

// A macro may make the file name of an #include, and a header on disk may include a header in memory. Both are detected
// later: the name is then in the list `mentioned` of the precompiled headers.
bool Directives::includes_from_memory() const {
  const std::string_view rest(begin_of_token(), begin_ + request_.source.size() - begin_of_token());
  const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
  return std::any_of(request_.headers.begin(), request_.headers.end(),
                     [&](const MemoryHeader& header) { return line.find(header.name) != line.npos; });
}

// Whether a preamble may contain this directive. Its first word has been read.
bool Directives::accept(std::string_view directive) {
  if (directive == "include") {
    if (!in_line() || includes_from_memory()) return false;
    has_include_ = true;
    return true;
  }
  if (directive == "if" || directive == "ifdef" || directive == "ifndef") {
    ++conditions_;
    return true;
  }
  if (directive == "endif") return --conditions_ >= 0;
  if (directive == "else" || directive.starts_with("elif")) return conditions_ > 0;
  if (directive == "pragma") return word() != "once";
  return directive == "define" || directive == "undef" || directive == "error" || directive == "warning";
}

Prelude Directives::read() {
  Prelude preamble;
  std::string text;
  std::vector<std::string> places;
  const char* counted = begin_;  // `line` - 1 lines end before this position
  unsigned line = 1;
  while (token_.is(clang::tok::hash) && token_.isAtStartOfLine()) {
    const char* begin = begin_of_token();
    const char* end = lexer_.getBufferLocation();
    next();
    if (in_line()) {
      const std::string directive(word());
      end = lexer_.getBufferLocation();
      next();
      if (!accept(directive)) break;
      for (; in_line(); next()) end = lexer_.getBufferLocation();
    }
    text.append(begin, end).append("\n");
    line += static_cast<unsigned>(std::count(counted, begin, '\n'));
    counted = begin;
    for (auto more = std::count(begin, end, '\n'); more >= 0; --more)
      places.push_back(
          text_of_place(source_name(request_), line + static_cast<unsigned>(std::count(begin, end, '\n') - more)));
    if (conditions_ == 0 && has_include_) {
      preamble.text += text;
      preamble.places = places;
      preamble.skipped = static_cast<std::size_t>(end - begin_);
      text.clear();
      has_include_ = false;
    }
  }
  return preamble;
}

}  // namespace

Prelude find_preamble(const CompileRequest& request, const clang::LangOptions& language) {
  return Directives(request, language).read();
}

}  // namespace dijitso::compilation
