// Some declarations generate code without being used: the variable with which <iostream> initialises the streams, or a
// variable with a constructor in a user's header. Before Clang reads a module, it passes such declarations of
// precompiled headers to the code generator in the order of their numbers in the file. This may differ from the order
// of the text, so constructors would run in another order than without precompiled headers. So these declarations are
// held back until the module begins, and then sorted. All other declarations come when the module uses them. Tested in
// unittests/compile/precompile_test.cpp.

#include "compile/pch/text_order.h"

#include <clang/AST/Decl.h>
#include <clang/Basic/SourceManager.h>

#include <algorithm>

namespace dijitso::compilation {
namespace {

// Where the compiler reached the declaration: for a template instance, the place of its instantiation.
clang::SourceLocation place_of(const clang::Decl* declaration) {
  clang::SourceLocation place;
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) place = variable->getPointOfInstantiation();
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration))
    place = function->getPointOfInstantiation();
  return place.isValid() ? place : declaration->getLocation();
}

}  // namespace

void InTextOrder::Initialize(clang::ASTContext& context) {
  sources_ = &context.getSourceManager();
  MultiplexConsumer::Initialize(context);
}

void InTextOrder::HandleInterestingDecl(clang::DeclGroupRef group) {
  if (has_begun_) return MultiplexConsumer::HandleInterestingDecl(group);
  waiting_.insert(waiting_.end(), group.begin(), group.end());
}

void InTextOrder::flush() {
  if (has_begun_) return;
  has_begun_ = true;
  std::stable_sort(waiting_.begin(), waiting_.end(), [this](const clang::Decl* a, const clang::Decl* b) {
    return sources_->isBeforeInTranslationUnit(place_of(a), place_of(b));
  });
  for (clang::Decl* declaration : waiting_) MultiplexConsumer::HandleInterestingDecl(clang::DeclGroupRef(declaration));
}

bool InTextOrder::HandleTopLevelDecl(clang::DeclGroupRef group) {
  flush();
  return MultiplexConsumer::HandleTopLevelDecl(group);
}

void InTextOrder::HandleInlineFunctionDefinition(clang::FunctionDecl* function) {
  flush();
  MultiplexConsumer::HandleInlineFunctionDefinition(function);
}

void InTextOrder::HandleTagDeclDefinition(clang::TagDecl* tag) {
  flush();
  MultiplexConsumer::HandleTagDeclDefinition(tag);
}

void InTextOrder::HandleTranslationUnit(clang::ASTContext& context) {
  flush();
  MultiplexConsumer::HandleTranslationUnit(context);
}

}  // namespace dijitso::compilation
