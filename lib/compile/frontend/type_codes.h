// Codes for the types of exported functions and variables, with which they can be called (docs/cache-format.md).
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include <map>
#include <string>

namespace dijitso::compilation {

class TypeCodes {
 public:
  explicit TypeCodes(const clang::ASTContext& context) : context_(context) {}

  std::string code_of(clang::QualType type);

  // The code of the result; "o" for a function that is not called as those of C are.
  std::string result_of(const clang::FunctionDecl& function);

  // The lines of all structures that occurred.
  std::string take_structs() { return std::move(lines_); }

 private:
  std::string of_builtin(const clang::BuiltinType& type) const;
  std::string of_record(const clang::RecordDecl& record);
  std::string fields_of(const clang::RecordDecl& record);
  std::string of_pointee(clang::QualType type);
  std::string sized(char kind, clang::QualType type) const;

  const clang::ASTContext& context_;
  std::map<const clang::RecordDecl*, std::string> structs_;  // their codes
  std::string lines_;
  std::size_t count_ = 0;
  bool in_struct_ = false;
};

}  // namespace dijitso::compilation
