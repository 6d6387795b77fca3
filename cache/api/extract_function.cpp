// cache::extract_function finds the end of a function. It counts braces outside of comments, literals and parentheses;
// the braces of an initialiser such as `: x{1} {` are not the body. It is not a parser, so it also works on code that
// does not compile. Tested in unittests/cache/extract_function_test.cpp.
#include "cache/api/api.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace dijitso::cache {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // The position after the last character of the function; the end of the text when the function does not end.
  std::size_t end_of_function() {
    int braces = 0, parentheses = 0;
    while (at_ < text_.size()) {
      if (skip_comment_or_literal()) continue;
      const char c = text_[at_++];
      if (c == '(') ++parentheses;
      if (c == ')') --parentheses;
      if (parentheses > 0) continue;
      if (c == '{') ++braces;
      if (c == '}' && --braces <= 0) {
        const std::size_t end = at_;
        if (!goes_on()) return end;
      }
      if (c == ';' && braces <= 0) return at_;
    }
    return at_;
  }

 private:
  // The braces of an initialiser are followed by another initialiser or by the body.
  bool goes_on() {
    while (at_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(text_[at_])))
        ++at_;
      else if (text_.substr(at_, 2) == "//" || text_.substr(at_, 2) == "/*")
        skip_comment_or_literal();
      else
        break;
    }
    return at_ < text_.size() && (text_[at_] == ',' || text_[at_] == '{');
  }

  bool skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    at_ = found == text_.npos ? text_.size() : found + end.size();
    return true;
  }

  bool skip_comment_or_literal() {
    const std::string_view two = text_.substr(at_, 2);
    if (two == "//") return skip_to("\n");
    if (two == "/*") {
      at_ += 2;
      return skip_to("*/");
    }
    if (text_[at_] == '"') return is_raw() ? skip_raw() : skip_quoted('"');
    if (text_[at_] == '\'' && !is_in_number()) return skip_quoted('\'');
    return false;
  }

  bool skip_quoted(char quote) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') ++at_;
      // An unterminated literal ends at the end of its line.
      else if (text_[at_] == quote || text_[at_] == '\n')
        break;
    }
    at_ = std::min(at_ + 1, text_.size());
    return true;
  }

  std::string_view word_before() const {
    std::size_t begin = at_;
    while (begin > 0 && (is_word(text_[begin - 1]) || text_[begin - 1] == '\'')) --begin;
    return text_.substr(begin, at_ - begin);
  }
  bool is_in_number() const {
    const std::string_view word = word_before();
    return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0]));
  }
  bool is_raw() const {
    const std::string_view word = word_before();
    return word == "R" || word == "LR" || word == "uR" || word == "UR" || word == "u8R";
  }
  bool skip_raw() {
    const std::size_t open = text_.find('(', at_);
    if (open == text_.npos) return skip_quoted('"');
    const std::string end = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    at_ = open;
    return skip_to(end);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::size_t function_length(std::string_view text) {
  const std::size_t end = Scanner(text).end_of_function();
  const std::size_t newline = text.find('\n', end == 0 ? 0 : end - 1);
  return newline == text.npos ? text.size() : newline + 1;
}

std::string extract_function(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line;
    if (!line.ends_with('\n')) text += '\n';
  }
  return text.substr(0, function_length(text));
}

}  // namespace dijitso::cache
