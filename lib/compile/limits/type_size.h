// Counts the types that a type is made of, each as often as it occurs.
#pragma once

#include <clang/AST/DeclTemplate.h>
#include <llvm/ADT/DenseMap.h>

#include <cstdint>

namespace dijitso::compilation {

// A type P<T, T> names T twice. After thirty such steps it is made of a billion types, although it needs no memory.
// Clang visits each of them again in every call with such an argument, without calling back. Counts are stored, so this
// class visits each template instance once.
class TypeSizes {
 public:
  // Clang needs about a second for a type of this size.
  static constexpr std::uint64_t largest = std::uint64_t{1} << 24;

  // Stops counting slightly above `largest`.
  std::uint64_t of(const clang::ClassTemplateSpecializationDecl& type);

 private:
  std::uint64_t of(clang::QualType type);
  std::uint64_t of(const clang::TemplateArgument& argument);

  llvm::DenseMap<const clang::Decl*, std::uint64_t> known_;
};

}  // namespace dijitso::compilation
