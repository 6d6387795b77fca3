// Every exported function `f` becomes `f.t0`, and `f` becomes a stub that jumps to the address in the variable
// __dijitso_to.f. That is f.t0 at first, and later the optimised `f`. So all code that has the address of `f` (callers,
// virtual function tables, other modules) reaches the optimised code after one store to that variable. The stub has no
// frame and changes no argument, so calls of every kind and exceptions work. Tested in
// unittests/compile/tiers_test.cpp.

#include "compile/tiers/quick_code.h"

#include "compile/tiers/copy_module.h"
#include "compile/tiers/fast_selection.h"
#include "compile/tiers/two_copies.h"
#include "llvm-config/out_of_memory.h"
#include "support/quick_code.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalAlias.h>
#include <llvm/IR/InstrTypes.h>

#include <string>
#include <vector>

namespace dijitso::compilation {
namespace {

std::string prefixed(llvm::StringRef name) { return (llvm::Twine(redirect_prefix) + name).str(); }

std::string jump(bool is_x86, llvm::StringRef name) {
  const std::string symbol = "\"" + name.str() + "\"";
  const std::string variable = "\"" + prefixed(name) + "\"";
  const std::string code = is_x86
                               ? "\tjmpq *" + variable + "(%rip)\n"
                               : "\tadrp x16, " + variable + "\n\tldr x16, [x16, :lo12:" + variable + "]\n\tbr x16\n";
  return "\t.p2align 3\n\t.globl " + symbol + "\n\t.type " + symbol + ",%function\n" + symbol +
         ":\n\t.cfi_startproc\n" + code + "\t.cfi_endproc\n\t.size " + symbol + ", .-" + symbol + "\n";
}

// An always_inline function is inlined in the optimised code in any case, and some such functions only work when
// inlined.
bool is_inlined_call(const llvm::Use& use, const llvm::Function& function) {
  const auto* call = llvm::dyn_cast<llvm::CallBase>(use.getUser());
  return call && call->isCallee(&use) && function.hasFnAttribute(llvm::Attribute::AlwaysInline);
}

class Redirection {
 public:
  explicit Redirection(llvm::Module& module) : module_(module), is_x86_(module.getTargetTriple().isX86()) {}

  void redirect(llvm::Function& function) {
    const std::string name = function.getName().str();
    function.setName(name + ".t0");
    llvm::Function& jump = declare(name, *function.getFunctionType());
    jump.setCallingConv(function.getCallingConv());
    jump.setAttributes(function.getAttributes());
    function.replaceUsesWithIf(&jump, [&](const llvm::Use& use) { return !is_inlined_call(use, function); });
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    add_jump(jump, function);
  }

  // An alias gets its own stub, because the optimised code may contain only one of the two names.
  void redirect(llvm::GlobalAlias& alias, llvm::Function& function) {
    const std::string name = alias.getName().str();
    alias.setName("");
    llvm::Function& jump = declare(name, *function.getFunctionType());
    jump.setCallingConv(function.getCallingConv());
    alias.replaceAllUsesWith(&jump);
    alias.eraseFromParent();
    add_jump(jump, function);
  }

  void finish() { module_.appendModuleInlineAsm("\t.text\n" + assembly_); }

 private:
  llvm::Function& declare(const std::string& name, llvm::FunctionType& type) {
    return *llvm::Function::Create(&type, llvm::GlobalValue::ExternalLinkage, name, module_);
  }

  void add_jump(const llvm::Function& jump_to, llvm::Function& first_target) {
    const llvm::StringRef name = llvm::GlobalValue::dropLLVMManglingEscape(jump_to.getName());
    auto* variable = new llvm::GlobalVariable(module_, first_target.getType(), /*isConstant=*/false,
                                              llvm::GlobalValue::ExternalLinkage, &first_target, prefixed(name));
    variable->setAlignment(llvm::Align(8));  // so that the store is atomic for concurrent readers
    assembly_ += jump(is_x86_, name);
  }

  llvm::Module& module_;
  const bool is_x86_;
  std::string assembly_;
};

// Does not copy bodies that only help the optimiser because the function is defined elsewhere.
bool is_needed(const llvm::GlobalValue* value) {
  const auto* function = llvm::dyn_cast<llvm::Function>(value);
  return !value->hasAvailableExternallyLinkage() ||
         (function && function->hasFnAttribute(llvm::Attribute::AlwaysInline));
}

}  // namespace

bool can_be_redirected(llvm::StringRef name) {
  const llvm::StringRef symbol = llvm::GlobalValue::dropLLVMManglingEscape(name);
  return !symbol.empty() && !symbol.starts_with(redirect_prefix) &&
         llvm::all_of(symbol, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '@'; });
}

std::unique_ptr<llvm::Module> quick_copy(const llvm::Module& module, const llvm::StringSet<>& staying) {
  const llvm_config::AbandonedOnThrow<std::unique_ptr<llvm::Module>> owner(copy_module(module, is_needed));
  std::unique_ptr<llvm::Module>& copy = *owner;
  // Modules do not share their copies of such functions, and the names of comdat groups are about to change.
  for (llvm::GlobalObject& object : copy->global_objects()) object.setComdat(nullptr);
  Redirection redirection(*copy);
  // Redirect aliases first: they refer to functions that are renamed below.
  for (llvm::GlobalAlias& alias : llvm::make_early_inc_range(copy->aliases()))
    redirection.redirect(alias, *llvm::cast<llvm::Function>(alias.getAliasee()));
  std::vector<llvm::Function*> functions;
  for (llvm::Function& function : copy->functions())
    if (is_exported(function) && !staying.contains(function.getName())) functions.push_back(&function);
  for (llvm::Function* function : functions) redirection.redirect(*function);
  redirection.finish();
  prepare_for_fast_selection(*copy);
  return std::move(copy);
}

}  // namespace dijitso::compilation
