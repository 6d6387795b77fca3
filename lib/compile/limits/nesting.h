// Estimates how deeply the compiler will recurse for the code that it is reading.
#pragma once

#include <clang/Basic/TokenKinds.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dijitso::compilation {

// An upper bound, from the tokens alone, for the bytes of stack that the current statement or declaration needs. Each
// operator, keyword and open bracket counts as one more level; a closing bracket removes the levels inside it.
class Nesting {
 public:
  static constexpr std::uint64_t level = 16 << 10;

  void add(clang::tok::TokenKind kind);
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Bracket {
    clang::tok::TokenKind kind;
    std::uint64_t before;  // the estimate after it is closed
    std::uint64_t begin;   // the estimate at the beginning of its current statement or list element
    std::uint64_t commas = 0;
  };

  Bracket& innermost() { return open_.empty() ? outermost_ : open_.back(); }
  bool continues_statement(clang::tok::TokenKind kind) const;

  std::uint64_t bytes_ = 0;
  Bracket outermost_{clang::tok::l_brace, 0, 0};
  std::vector<Bracket> open_;
  clang::tok::TokenKind last_ = clang::tok::semi;
};

}  // namespace dijitso::compilation
