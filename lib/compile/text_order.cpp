// Some declarations make code without being used: the variable with which <iostream> initialises the streams, a
// variable with a constructor in a header of the user's. Before it reads a module, Clang hands those that are in
// precompiled headers to the code generator, in the order of their numbers there. That is not always the order of the
// text: constructors would run in another order than without precompiled headers. So they are held back until the
// module begins, and sorted. All others come as the module uses them. Tested in
// unittests/compile/precompile_test.cpp.

#include "compile/text_order.h"

#include <clang/AST/Decl.h>
#include <clang/Basic/SourceManager.h>

#include <algorithm>

namespace dijitso::compile {
namespace {

// Where the compiler came to it: for what a template made, not the place of the template.
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
  if (is_begun_) return MultiplexConsumer::HandleInterestingDecl(group);
  waiting_.insert(waiting_.end(), group.begin(), group.end());
}

void InTextOrder::pass_on() {
  if (is_begun_) return;
  is_begun_ = true;
  std::stable_sort(waiting_.begin(), waiting_.end(), [this](const clang::Decl* a, const clang::Decl* b) {
    return sources_->isBeforeInTranslationUnit(place_of(a), place_of(b));
  });
  for (clang::Decl* declaration : waiting_) MultiplexConsumer::HandleInterestingDecl(clang::DeclGroupRef(declaration));
}

bool InTextOrder::HandleTopLevelDecl(clang::DeclGroupRef group) {
  pass_on();
  return MultiplexConsumer::HandleTopLevelDecl(group);
}

void InTextOrder::HandleInlineFunctionDefinition(clang::FunctionDecl* function) {
  pass_on();
  MultiplexConsumer::HandleInlineFunctionDefinition(function);
}

void InTextOrder::HandleTagDeclDefinition(clang::TagDecl* tag) {
  pass_on();
  MultiplexConsumer::HandleTagDeclDefinition(tag);
}

void InTextOrder::HandleTranslationUnit(clang::ASTContext& context) {
  pass_on();
  MultiplexConsumer::HandleTranslationUnit(context);
}

}  // namespace dijitso::compile
