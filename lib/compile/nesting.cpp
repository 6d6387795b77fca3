// A sum of n terms is a tree of depth n, which the parser builds without calling itself, and everybody who looks at the
// tree afterwards does. The measured cost of one level is at most 8 KB (sizeof, if), and 0.4 KB for a comma. A comma
// either separates elements, which lie side by side and are many in tables of numbers, or is an operator: so it costs
// what the operator does, and what stood before it does not count any more.
//
// A statement ends with a semicolon, or with a closing brace when what follows does not look like the rest of an
// expression; an "else" continues the one before. Tested in unittests/compile/nesting_test.cpp.

#include "compile/nesting.h"

#include <clang/Basic/TokenKinds.h>

namespace dijitso::compile {
namespace {

namespace tok = clang::tok;

constexpr std::uint64_t comma_level = 2 << 10;

bool is_operand(tok::TokenKind kind) {
  return kind == tok::identifier || tok::isLiteral(kind) || kind == tok::kw_true || kind == tok::kw_false;
}

}  // namespace

// Whether a token belongs to the statement that seemed to be over before it.
bool Nesting::goes_on(tok::TokenKind kind) const {
  if (kind == tok::kw_else || kind == tok::kw_catch) return true;
  const bool is_punctuator = tok::getPunctuatorSpelling(kind) != nullptr;
  return last_ == tok::r_brace && is_punctuator && kind != tok::l_brace;
}

void Nesting::add(tok::TokenKind kind) {
  const bool is_over = last_ == tok::r_brace || (last_ == tok::semi && innermost().kind == tok::l_brace);
  if (is_over && !goes_on(kind)) {
    bytes_ = innermost().begin;
    innermost().commas = 0;
  }
  switch (kind) {
    case tok::l_paren:
    case tok::l_square:
    case tok::l_brace:
      // In a[i] + b[i] the brackets lie side by side; in x[i][j] and in casts, which cost most, they are nested.
      open_.push_back({kind, is_operand(last_) ? bytes_ : bytes_ + 2 * level, bytes_ + level});
      bytes_ += level;
      break;
    case tok::r_paren:
    case tok::r_square:
    case tok::r_brace:
      if (open_.empty()) break;
      bytes_ = open_.back().before;
      open_.pop_back();
      break;
    case tok::comma:
      bytes_ = innermost().begin + ++innermost().commas * comma_level;
      break;
    case tok::semi:
      break;
    default:
      if (!is_operand(kind)) bytes_ += level;
  }
  last_ = kind;
}

}  // namespace dijitso::compile
