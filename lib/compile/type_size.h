// How many types a type is made of, each counted as often as it occurs.
#pragma once

#include <clang/AST/DeclTemplate.h>
#include <llvm/ADT/DenseMap.h>

#include <cstdint>

namespace dijitso::compile {

// A type P<T, T> names T twice; after thirty steps of that it is made of a thousand million, although it takes no
// memory. Clang looks at each of them again in every call that has such an argument, and asks nobody whether it shall
// go on. Counts are kept, so that this takes one look at each template.
class TypeSizes {
 public:
  // A second's work for Clang.
  static constexpr std::uint64_t largest = std::uint64_t{1} << 24;

  // Never more than a little above `largest`.
  std::uint64_t of(const clang::ClassTemplateSpecializationDecl& type);

 private:
  std::uint64_t of(clang::QualType type);
  std::uint64_t of(const clang::TemplateArgument& argument);

  llvm::DenseMap<const clang::Decl*, std::uint64_t> known_;
};

}  // namespace dijitso::compile
