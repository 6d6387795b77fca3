// Macros in front of the #include lines may decide what the headers contain (EIGEN_NO_DEBUG, PY_SSIZE_T_CLEAN), and so
// may conditions around them. Then the headers cannot be compiled apart from these lines (prelude.h), but the lines can
// be compiled with them: the preamble is the beginning of the source up to the last directive with an #include that
// stands before the first declaration, with no condition open. The compiler that uses the result skips as many bytes of
// the source, so all that follows keeps its place. Comments between directives are left out of the text: they often
// name the module. A preamble ends before a header in memory, which is another one for every module.
//
// Tested in unittests/compile/preamble_test.cpp.

#include "compile/preamble.h"

#include "compile/invocation.h"
#include "compile/messages.h"

#include <clang/Basic/SourceLocation.h>
#include <clang/Lex/Lexer.h>

#include <algorithm>
#include <string_view>

namespace dijitso::compile {
namespace {

// Reads directives. The lexer is a raw one: it knows comments, strings and continued lines, and expands nothing.
class Directives {
 public:
  Directives(const CompileRequest& request, const clang::LangOptions& language)
      : request_(request),
        begin_(request.source.data()),
        lexer_(clang::SourceLocation(), language, begin_, begin_, begin_ + request.source.size()) {
    next();
  }

  Preamble read();

 private:
  void next() { lexer_.LexFromRawLexer(token_); }
  bool in_line() const { return token_.isNot(clang::tok::eof) && !token_.isAtStartOfLine(); }
  const char* begin_of_token() const { return lexer_.getBufferLocation() - token_.getLength(); }
  std::string_view word() const {
    return token_.is(clang::tok::raw_identifier) ? std::string_view(token_.getRawIdentifier()) : std::string_view();
  }
  bool take(std::string_view directive);
  bool includes_from_memory() const;

  const CompileRequest& request_;
  const char* begin_;
  clang::Lexer lexer_;
  clang::Token token_;
  int conditions_ = 0;
  bool has_include_ = false;  // since no condition was open
};

// What stands behind #include may also be made by a macro; a header in memory that is reached so, or through a header
// on disk, is found out later, when its name is among those that the precompiled headers asked for.
bool Directives::includes_from_memory() const {
  const std::string_view rest(begin_of_token(), begin_ + request_.source.size() - begin_of_token());
  const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
  return std::any_of(request_.headers.begin(), request_.headers.end(),
                     [&](const MemoryHeader& header) { return line.find(header.name) != line.npos; });
}

// Whether a preamble may have this directive, whose first word was read.
bool Directives::take(std::string_view directive) {
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

Preamble Directives::read() {
  Preamble preamble;
  std::string text;
  std::vector<std::string> places;
  const char* counted = begin_;  // up to here are `line` - 1 lines
  unsigned line = 1;
  while (token_.is(clang::tok::hash) && token_.isAtStartOfLine()) {
    const char* begin = begin_of_token();
    const char* end = lexer_.getBufferLocation();
    next();
    if (in_line()) {
      const std::string directive(word());
      end = lexer_.getBufferLocation();
      next();
      if (!take(directive)) break;
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
      preamble.bytes = static_cast<std::size_t>(end - begin_);
      text.clear();
      has_include_ = false;
    }
  }
  return preamble;
}

}  // namespace

Preamble find_preamble(const CompileRequest& request, const clang::LangOptions& language) {
  return Directives(request, language).read();
}

}  // namespace dijitso::compile
