// The compiler knows the type of everything that it compiles, and an object does not. So the exported functions and
// variables are written as text beside the object. The text is made from declarations and not from the code, because it
// must be the same for every optimisation level and both tiers. Tested in unittests/compile/prototypes_test.cpp.

#include "compile/frontend/prototypes.h"

#include "compile/frontend/type_codes.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/Mangle.h>
#include <clang/AST/PrettyPrinter.h>
#include <clang/Basic/Diagnostic.h>

#include <algorithm>
#include <set>

namespace dijitso::compilation {
namespace {

bool is_exported(const clang::FunctionDecl& function, const clang::ASTContext& context) {
  return function.isThisDeclarationADefinition() && !function.isDeleted() && !function.isTemplated() &&
         context.GetGVALinkageForFunction(&function) == clang::GVA_StrongExternal;
}

bool is_exported(const clang::VarDecl& variable, const clang::ASTContext& context) {
  return variable.isThisDeclarationADefinition() != clang::VarDecl::DeclarationOnly &&
         variable.getTLSKind() == clang::VarDecl::TLS_None && !variable.isTemplated() &&
         context.GetGVALinkageForVariable(&variable) == clang::GVA_StrongExternal;
}

bool has_ordinary_name(const clang::ValueDecl& declaration) {
  return declaration.getIdentifier() && declaration.getVisibility() == clang::DefaultVisibility;
}

// `double f(double x, int n)`: as one writes it, without attributes and default values.
std::string declaration_of(const clang::FunctionDecl& function, const std::string& name,
                           const clang::PrintingPolicy& policy) {
  std::string text = name + "(";
  for (const clang::ParmVarDecl* parameter : function.parameters()) {
    if (parameter != function.parameters().front()) text += ", ";
    std::string one = parameter->getNameAsString();
    parameter->getOriginalType().getAsStringInternal(one, policy);
    text += one;
  }
  if (function.isVariadic()) text += function.param_empty() ? "..." : ", ...";
  if (function.param_empty() && !function.isVariadic() && !policy.Bool) text += "void";  // as C wants it
  text += ")";
  function.getReturnType().getAsStringInternal(text, policy);
  return text;
}

class Writer {
 public:
  explicit Writer(clang::ASTContext& context)
      : context_(context), policy_(context.getPrintingPolicy()), names_(context), types_(context) {
    policy_.SuppressTagKeyword = context.getLangOpts().CPlusPlus;
    policy_.Bool = context.getLangOpts().CPlusPlus;
  }

  void add(const clang::ValueDecl& declaration) {
    if (!has_ordinary_name(declaration)) return;
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&declaration)) {
      if (is_exported(*function, context_)) add_function(*function);
    } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(&declaration)) {
      if (is_exported(*variable, context_)) add_variable(*variable);
    }
  }

  std::string take() { return types_.take_structs() + lines_; }

 private:
  void add_function(const clang::FunctionDecl& function) {
    const std::string name = name_of(function);
    std::string types = types_.result_of(function);
    for (const clang::ParmVarDecl* parameter : function.parameters())
      types += "\t" + types_.code_of(parameter->getType());
    if (function.isVariadic()) types += "\t...";
    add_line("function", function, name, declaration_of(function, name, policy_), types);
  }

  void add_variable(const clang::VarDecl& variable) {
    const std::string name = name_of(variable);
    std::string text = name;
    variable.getType().getAsStringInternal(text, policy_);
    const bool is_constant = context_.getBaseElementType(variable.getType()).isConstQualified();
    add_line("variable", variable, name, std::move(text),
             (is_constant ? "k" : "") + types_.code_of(variable.getType()));
  }

  // Functions and variables of C have no namespace, whatever stands around them.
  static std::string name_of(const clang::NamedDecl& declaration) {
    const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&declaration);
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(&declaration);
    const bool is_c = function ? function->isExternC() : variable && variable->isExternC();
    return is_c ? declaration.getName().str() : declaration.getQualifiedNameAsString();
  }

  void add_line(const char* kind, const clang::ValueDecl& declaration, const std::string& name, std::string text,
                const std::string& types) {
    const std::string symbol = names_.getName(&declaration);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    if (std::ranges::any_of(symbol, is_control) || !seen_.insert(symbol).second) return;
    std::ranges::replace_if(text, is_control, ' ');
    lines_ += std::string(kind) + "\t" + name + "\t" + symbol + "\t" + text + "\t" + types + "\n";
  }

  clang::ASTContext& context_;
  clang::PrintingPolicy policy_;
  clang::ASTNameGenerator names_;
  TypeCodes types_;
  std::set<std::string> seen_;  // C may define a variable several times
  std::string lines_;
};

}  // namespace

void PrototypeCollector::collect(const clang::Decl* declaration) {
  // Namespaces nest as deeply as the parser allows.
  if (const auto* group = llvm::dyn_cast<clang::NamespaceDecl>(declaration)) {
    for (const clang::Decl* member : group->decls()) collect(member);
  } else if (const auto* linkage = llvm::dyn_cast<clang::LinkageSpecDecl>(declaration)) {
    for (const clang::Decl* member : linkage->decls()) collect(member);
  } else if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
    if (!llvm::isa<clang::CXXMethodDecl>(function) && !function->isTemplateInstantiation()) found_.push_back(function);
  } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) {
    // Clang reports tentative definitions of C, such as `int i;`, once more at the end. It reports those of precompiled
    // headers only there, so they are taken from there.
    const bool is_tentative = variable->isThisDeclarationADefinition() == clang::VarDecl::TentativeDefinition;
    if (!is_tentative && variable->isFileVarDecl() && !variable->isStaticDataMember() &&
        !llvm::isa<clang::VarTemplateSpecializationDecl>(variable))
      found_.push_back(variable);
  }
}

bool PrototypeCollector::HandleTopLevelDecl(clang::DeclGroupRef group) {
  for (const clang::Decl* declaration : group) collect(declaration);
  return true;
}

void PrototypeCollector::CompleteTentativeDefinition(clang::VarDecl* variable) { found_.push_back(variable); }

void PrototypeCollector::HandleTranslationUnit(clang::ASTContext& context) {
  if (context.getDiagnostics().hasErrorOccurred()) return;
  Writer writer(context);
  // A type may need declarations of precompiled headers that are read only now. Clang reports them, so found_ grows.
  for (std::size_t i = 0; i < found_.size(); ++i) writer.add(*found_[i]);
  text_ = writer.take();
}

}  // namespace dijitso::compilation
