// Writes down the types of what a module exports, so that it can be called without declarations: the functions and
// variables that its object defines for others, as docs/cache-format.md describes ("The prototypes").
#pragma once

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/Decl.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

// Collects declarations while Clang reads a module, and fills in `text` when it has read all of it without errors.
// `text` must outlive the collector.
class PrototypeCollector : public clang::ASTConsumer {
 public:
  explicit PrototypeCollector(std::string& text) : text_(text) {}

  bool HandleTopLevelDecl(clang::DeclGroupRef group) override;
  void CompleteTentativeDefinition(clang::VarDecl* variable) override;
  void HandleTranslationUnit(clang::ASTContext& context) override;

 private:
  void collect(const clang::Decl* declaration);

  std::string& text_;
  std::vector<const clang::ValueDecl*>
      found_;  // functions and variables of namespaces, also those that are not exported
};

}  // namespace dijitso::compilation
