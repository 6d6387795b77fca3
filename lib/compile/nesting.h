// How deeply the compiler will call itself for what it is reading.
#pragma once

#include <clang/Basic/TokenKinds.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dijitso::compile {

// An estimate from the tokens alone, never too small: bytes of stack for the statement or declaration that is being
// read. Each operator, keyword and open bracket is taken for one more level; brackets give back what was in them.
class Nesting {
 public:
  static constexpr std::uint64_t level = 16 << 10;

  void add(clang::tok::TokenKind kind);
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Bracket {
    clang::tok::TokenKind kind;
    std::uint64_t before;  // what is nested here when it is closed
    std::uint64_t begin;   // at the beginning of a statement, or of an element of a list, in it
    std::uint64_t commas = 0;
  };

  Bracket& innermost() { return open_.empty() ? outermost_ : open_.back(); }
  bool goes_on(clang::tok::TokenKind kind) const;

  std::uint64_t bytes_ = 0;
  Bracket outermost_{clang::tok::l_brace, 0, 0};
  std::vector<Bracket> open_;
  clang::tok::TokenKind last_ = clang::tok::semi;
};

}  // namespace dijitso::compile
