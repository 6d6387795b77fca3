// When Clang reads precompiled headers, it passes the declarations that must be emitted to the code generator, but
// functions only if they have a body there. So these are lost: the alias of a function, a function chosen at load time
// (ifunc), the dispatcher between versions for several processors, and the declaration by which C turns an inline
// function into an external one.
//
// Weak references, assembler names, file-scope assembly and definitions marked as used are not lost: they matter only
// where the module uses them, or the file stores them separately. prelude_watch.h detects #pragmas that change names.
// Tested in unittests/compile/precompile_test.cpp.
#include "compile/pch/lost_declarations.h"

#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>

#include <vector>

namespace dijitso::compilation {
namespace {

std::string lost_in(const clang::FunctionDecl& function) {
  if (function.hasAttr<clang::WeakRefAttr>()) return {};  // which is an AliasAttr too
  if (function.hasAttr<clang::AliasAttr>()) return "an alias";
  if (function.hasAttr<clang::IFuncAttr>()) return "an ifunc";
  if (function.isMultiVersion()) return "versions for several processors of";
  if (!function.doesThisDeclarationHaveABody() && function.doesDeclarationForceExternallyVisibleDefinition())
    return "an external definition of the inline function";
  return {};
}

}  // namespace

std::string lost_declaration(const clang::TranslationUnitDecl& unit) {
  std::vector<const clang::DeclContext*> contexts = {&unit};
  while (!contexts.empty()) {
    const clang::DeclContext* context = contexts.back();
    contexts.pop_back();
    for (const clang::Decl* declaration : context->decls()) {
      if (llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl, clang::ExportDecl>(declaration))
        contexts.push_back(llvm::cast<clang::DeclContext>(declaration));
      const auto* named = llvm::dyn_cast<clang::NamedDecl>(declaration);
      std::string lost;
      if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration))
        lost = lost_in(*function);
      else if (llvm::isa<clang::VarDecl>(declaration) && declaration->hasAttr<clang::AliasAttr>() &&
               !declaration->hasAttr<clang::WeakRefAttr>())
        lost = "an alias";
      if (!lost.empty()) return lost + " '" + named->getNameAsString() + "'";
    }
  }
  return {};
}

}  // namespace dijitso::compilation
