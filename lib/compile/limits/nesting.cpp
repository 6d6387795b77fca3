// A sum of n terms is a syntax tree of depth n. The parser builds it without recursion, but all code that later walks
// the tree recurses. One level costs at most 8 KB of stack (measured for sizeof and if), and 0.4 KB for a comma. A
// comma may separate elements of a list, which do not nest and may be many (tables of numbers), or may be an operator.
// So each comma is counted as the operator, and tokens before it are not counted any more.
//
// A statement ends with a semicolon, or with a closing brace when the next token does not continue an expression. An
// "else" continues the statement before it. Tested in unittests/compile/nesting_test.cpp.

#include "compile/limits/nesting.h"

#include <clang/Basic/TokenKinds.h>

namespace dijitso::compilation {
namespace {

namespace tok = clang::tok;

constexpr std::uint64_t comma_level = 2 << 10;

bool is_operand(tok::TokenKind kind) {
  return kind == tok::identifier || tok::isLiteral(kind) || kind == tok::kw_true || kind == tok::kw_false;
}

}  // namespace

// Whether the token continues the statement that seemed to have ended before it.
bool Nesting::continues_statement(tok::TokenKind kind) const {
  if (kind == tok::kw_else || kind == tok::kw_catch) return true;
  const bool is_punctuator = tok::getPunctuatorSpelling(kind) != nullptr;
  return last_ == tok::r_brace && is_punctuator && kind != tok::l_brace;
}

void Nesting::add(tok::TokenKind kind) {
  const bool is_over = last_ == tok::r_brace || (last_ == tok::semi && innermost().kind == tok::l_brace);
  if (is_over && !continues_statement(kind)) {
    bytes_ = innermost().begin;
    innermost().commas = 0;
  }
  switch (kind) {
    case tok::l_paren:
    case tok::l_square:
    case tok::l_brace:
      // The brackets of a[i] + b[i] are siblings; those of x[i][j] and of casts, which cost most, are nested.
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

}  // namespace dijitso::compilation
