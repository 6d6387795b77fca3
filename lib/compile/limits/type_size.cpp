// Tested in unittests/compile/compile_watch_test.cpp.

#include "compile/limits/type_size.h"

#include <clang/AST/Type.h>

#include <algorithm>

namespace dijitso::compilation {

std::uint64_t TypeSizes::of(clang::QualType type) {
  while (true) {
    if (const clang::QualType inner = type->getPointeeType(); !inner.isNull())
      type = inner;
    else if (const clang::Type* element = type->getArrayElementTypeNoTypeQual())
      type = clang::QualType(element, 0);
    else
      break;
  }
  if (const auto* function = type->getAs<clang::FunctionProtoType>()) {
    std::uint64_t size = of(function->getReturnType());
    for (const clang::QualType parameter : function->param_types()) size = std::min(size + of(parameter), largest + 1);
    return size;
  }
  const auto* record = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
  return record ? of(*record) : 1;
}

std::uint64_t TypeSizes::of(const clang::TemplateArgument& argument) {
  if (argument.getKind() == clang::TemplateArgument::Type) return of(argument.getAsType());
  if (argument.getKind() != clang::TemplateArgument::Pack) return 1;
  std::uint64_t size = 1;
  for (const clang::TemplateArgument& one : argument.pack_elements()) size = std::min(size + of(one), largest + 1);
  return size;
}

std::uint64_t TypeSizes::of(const clang::ClassTemplateSpecializationDecl& type) {
  const clang::Decl* key = type.getCanonicalDecl();
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  std::uint64_t size = 1;
  for (const clang::TemplateArgument& argument : type.getTemplateArgs().asArray())
    size = std::min(size + of(argument), largest + 1);
  return known_[key] = size;
}

}  // namespace dijitso::compilation
