// A small module spends most of its compile time on headers of the C++ library and of its program, and the next module
// has the same headers. This is the list of these headers in the order in which the compiler reads them, through
// the module's headers in memory, up to the first thing that is not an unconditional #include: a declaration, a
// #pragma, an #include under a condition. Only macros may come before and between them (FFC begins its files with
// include guards and DLL_EXPORT), and a #line before all of them, which says where the text is from. Their names are
// noted, because compiling the headers first may change something (plan_headers.h). Tested in
// unittests/compile/header_list_test.cpp.

#include "compile/pch/plan_headers.h"

#include "compile/driver/invocation.h"
#include "compile/pch/messages.h"
#include "compile/pch/prelude_watch.h"

#include <clang/Basic/SourceLocation.h>
#include <clang/Lex/Lexer.h>

#include <algorithm>
#include <charconv>
#include <list>
#include <string_view>
#include <system_error>

namespace dijitso::compilation {
namespace {

// Reads one file with a raw lexer, which recognises comments, strings and continued lines, but expands no macros.
class Scanner {
 public:
  enum class End { file, include, other };

  // `place` has the "In file included from" lines for this file.
  Scanner(std::string name, std::string place, const std::string& text, const clang::LangOptions& language,
          Prelude& prelude)
      : name_(std::move(name)),
        place_(std::move(place)),
        lexer_(clang::SourceLocation(), language, text.data(), text.data(), text.data() + text.size()),
        prelude_(prelude) {
    next();
  }

  // Advances to the next #include (and sets `included` to its file name with delimiters), to the end of the file, or to
  // the end of the prelude.
  End advance(std::string& included);

  // The place of the last #include.
  std::string place() const { return place_ + text_of_place(name_, line_ + shift_); }

 private:
  void next() { lexer_.LexFromRawLexer(token_); }
  bool in_line() const { return token_.isNot(clang::tok::eof) && !token_.isAtStartOfLine(); }
  std::string_view word() const {
    return token_.is(clang::tok::raw_identifier) ? std::string_view(token_.getRawIdentifier()) : std::string_view();
  }
  std::vector<std::string> rest_of_line();
  void note(const std::vector<std::string>& names) {
    for (const std::string& name : names) prelude_.unchanged.push_back(hash_of_name(name));
  }
  bool accept_macro(std::string_view directive);
  bool accept_line();
  std::string_view rest_of_text();
  std::string rest_as_text();

  std::string name_;
  std::string place_;
  clang::Lexer lexer_;
  clang::Token token_;
  unsigned line_ = 0;   // of the last directive that was read as text
  unsigned shift_ = 0;  // what #line adds to the numbers of lines, modulo 2^32
  Prelude& prelude_;
  int conditions_ = 0;
  int directives_ = 0;
  std::string guard_;  // the name in an #ifndef on the first line, which may be an include guard
};

// The identifiers up to the end of the line.
std::vector<std::string> Scanner::rest_of_line() {
  std::vector<std::string> names;
  for (; in_line(); next())
    if (!word().empty()) names.emplace_back(word());
  return names;
}

// Reads a macro or condition. Returns false for every other directive.
bool Scanner::accept_macro(std::string_view directive) {
  const bool is_condition = directive == "if" || directive == "ifdef" || directive == "ifndef" || directive == "elif";
  if (directive == "define" || directive == "undef") {
    if (word().empty()) return false;
    const std::string name(word());
    next();
    note(rest_of_line());  // an #if may use it
    if (directives_ == 2 && name == guard_) --conditions_;
    prelude_.unmentioned.push_back(hash_of_name(name));
    return true;
  }
  if (is_condition) {
    const std::vector<std::string> names = rest_of_line();
    const auto asks_for_file = [](const std::string& name) { return name.starts_with("__has_"); };
    if (std::any_of(names.begin(), names.end(), asks_for_file)) return false;
    if (directives_ == 1 && directive == "ifndef" && names.size() == 1) guard_ = names.front();
    note(names);
    if (directive != "elif") ++conditions_;
    return true;
  }
  if (directive == "endif" && conditions_ > 0) --conditions_;
  rest_of_line();
  return directive == "else" || directive == "endif";
}

// The text of the rest of the line, as it stands.
std::string_view Scanner::rest_of_text() {
  const char* begin = lexer_.getBufferLocation() - token_.getLength();
  line_ = static_cast<unsigned>(std::count(lexer_.getBuffer().begin(), begin, '\n')) + 1;
  rest_of_line();
  const std::string_view rest(begin, static_cast<std::size_t>(lexer_.getBuffer().end() - begin));
  return rest.substr(0, rest.find_first_of("\r\n"));
}

// Reads `#line NUMBER "NAME"`. Returns false for other forms.
bool Scanner::accept_line() {
  if (!in_line()) return false;
  const std::string_view text = rest_of_text();
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc() || name.size() < 4 || !name.starts_with(" \"") ||
      name.find_first_of("\"\\", 2) != name.size() - 1)
    return false;
  name_ = name.substr(2, name.size() - 3);
  shift_ = number - (line_ + 1);
  return true;
}

// Returns the file name of an #include with its quotes or brackets; empty when a macro makes it.
std::string Scanner::rest_as_text() {
  const std::string_view line = rest_of_text();
  const char closing = line.starts_with('<') ? '>' : line.starts_with('"') ? '"' : '\0';
  const std::size_t end = closing ? line.find(closing, 1) : std::string_view::npos;
  return end == std::string_view::npos ? std::string() : std::string(line.substr(0, end + 1));
}

Scanner::End Scanner::advance(std::string& included) {
  while (token_.isNot(clang::tok::eof)) {
    if (token_.isNot(clang::tok::hash) || !token_.isAtStartOfLine()) return End::other;
    next();
    if (!in_line()) continue;  // a lone "#"
    const std::string directive(word());
    next();
    ++directives_;
    if (directive == "include" && conditions_ == 0) {
      included = in_line() ? rest_as_text() : std::string();
      return included.empty() ? End::other : End::include;
    }
    if (directive == "pragma" && word() == "once" && conditions_ == 0) {
      rest_of_line();
      continue;
    }
    if (directive == "line" && directives_ == 1 && accept_line()) {
      directives_ = 0;  // an include guard may follow
      continue;
    }
    if (!accept_macro(directive)) return End::other;
  }
  return End::file;
}

const MemoryHeader* header_in_memory(const CompileRequest& request, const std::string& included) {
  const std::string_view name = std::string_view(included).substr(1, included.size() - 2);
  for (const MemoryHeader& header : request.headers)
    if (header.name == name) return &header;
  return nullptr;
}

}  // namespace

Prelude find_header_list(const CompileRequest& request, const clang::LangOptions& language) {
  Prelude prelude;
  std::list<Scanner> files;  // the source, a header that it includes, a header that this one includes, ...
  std::vector<const MemoryHeader*> seen;
  files.emplace_back(source_name(request), "", request.source, language, prelude);
  while (!files.empty()) {
    std::string included;
    const Scanner::End end = files.back().advance(included);
    if (end == Scanner::End::other) break;
    if (end == Scanner::End::file) {
      files.pop_back();
    } else if (const MemoryHeader* header = header_in_memory(request, included)) {
      if (std::find(seen.begin(), seen.end(), header) != seen.end()) break;
      seen.push_back(header);
      const std::string place = files.back().place();
      files.emplace_back(std::string(module_dir) + "/" + header->name, place, header->text, language, prelude);
    } else {
      prelude.text += "#include " + included + "\n";
      prelude.places.push_back(files.back().place());
    }
  }
  return prelude;
}

}  // namespace dijitso::compilation
