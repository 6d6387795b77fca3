// When Clang reads precompiled headers, it hands over to the code generator what must be emitted, but of functions only
// those that have a body there. The alias of a function, a function chosen at load time (ifunc), the dispatcher between
// versions for several processors, and the declaration by which C turns an inline function into an external one are
// lost.
//
// Not lost, for they matter only where the module uses them or have a place of their own in the file: weak references,
// names for the assembler, file-scope assembly, definitions that are marked as used. A #pragma that changes names is
// found by the preprocessor (prelude_watch.h). Tested in unittests/compile/precompile_test.cpp.
#include "compile/lost_declarations.h"

#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>

#include <vector>

namespace dijitso::compile {
namespace {

std::string lost_in(const clang::FunctionDecl& function) {
  if (function.hasAttr<clang::WeakRefAttr>()) return {};  // which makes it an alias too
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

}  // namespace dijitso::compile
