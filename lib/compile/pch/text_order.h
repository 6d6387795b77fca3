// Passes declarations of precompiled headers to the code generator in the order of the text.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/Frontend/MultiplexConsumer.h>

#include <memory>
#include <vector>

namespace dijitso::compilation {

class InTextOrder : public clang::MultiplexConsumer {
 public:
  explicit InTextOrder(std::vector<std::unique_ptr<clang::ASTConsumer>> consumers)
      : MultiplexConsumer(std::move(consumers)) {}

  void Initialize(clang::ASTContext& context) override;
  void HandleInterestingDecl(clang::DeclGroupRef group) override;

  // The first call of one of these means that the module itself begins.
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override;
  void HandleInlineFunctionDefinition(clang::FunctionDecl* function) override;
  void HandleTagDeclDefinition(clang::TagDecl* tag) override;
  void HandleTranslationUnit(clang::ASTContext& context) override;

 private:
  void flush();

  const clang::SourceManager* sources_ = nullptr;
  std::vector<clang::Decl*> waiting_;
  bool has_begun_ = false;
};

}  // namespace dijitso::compilation
