// An exported function is reached through its stub, so it has one address (the linker binds the optimised code to the
// stub as well). Both copies use the quick code's exported variables. Local symbols exist twice, so it must not matter
// which copy is used: a variable must never be written and its address must not escape, and a function may only be
// called. Constructors of the optimised code do not run. In doubt a module is not compiled in two tiers; that costs
// time, never correctness. Tested in unittests/compile/two_copies_test.cpp.

#include "compile/tiers/two_copies.h"

#include "compile/tiers/quick_code.h"
#include "compile/tiers/staying_code.h"
#include "compile/tiers/variable_uses.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalAlias.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace dijitso::compilation {
namespace {

std::string about(const char* problem, const llvm::GlobalValue& value) {
  const llvm::StringRef symbol = llvm::GlobalValue::dropLLVMManglingEscape(value.getName());
  return std::string(problem) + ": " + llvm::demangle(std::string_view(symbol.data(), symbol.size()));
}

// These functions initialise <iostream> in every module that includes it. They may run twice, because
// std::ios_base::Init only counts.
bool is_stream_function(const llvm::Value* value, llvm::StringRef name) {
  const auto* function = llvm::dyn_cast<llvm::Function>(value);
  return function && function->isDeclaration() && function->getName() == name;
}

bool initialises_streams(const llvm::CallBase& call) {
  const llvm::Value* callee = call.getCalledOperand();
  return is_stream_function(callee, "_ZNSt8ios_base4InitC1Ev") ||
         (is_stream_function(callee, "__cxa_atexit") &&
          is_stream_function(call.getArgOperand(0), "_ZNSt8ios_base4InitD1Ev"));
}

// Whether a static constructor only initialises the streams.
bool only_initialises_streams(const llvm::Function& constructor) {
  llvm::SmallPtrSet<const llvm::Function*, 8> seen = {&constructor};
  llvm::SmallVector<const llvm::Function*, 8> worklist = {&constructor};
  while (!worklist.empty()) {
    const llvm::Function& function = *worklist.pop_back_val();
    if (function.isDeclaration() || !function.hasLocalLinkage() || function.size() != 1) return false;
    for (const llvm::Instruction& instruction : function.front()) {
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call ? initialises_streams(*call) : llvm::isa<llvm::ReturnInst>(instruction)) continue;
      if (!call || !call->getCalledFunction()) return false;
      if (seen.insert(call->getCalledFunction()).second) worklist.push_back(call->getCalledFunction());
    }
  }
  return true;
}

bool is_stream_initialiser(const llvm::GlobalVariable& variable) {
  return llvm::all_of(variable.users(), [](const llvm::User* user) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    return call && initialises_streams(*call);
  });
}

std::string reason_in_constructors(const llvm::Module& module) {
  for (const char* name : {"llvm.global_ctors", "llvm.global_dtors"}) {
    const llvm::GlobalVariable* list = module.getNamedGlobal(name);
    if (!list || !list->hasInitializer()) continue;
    for (const llvm::Use& entry : list->getInitializer()->operands()) {
      const auto* function = llvm::dyn_cast<llvm::Function>(llvm::cast<llvm::Constant>(entry)->getOperand(1));
      if (!function || !only_initialises_streams(*function))
        return "it has static constructors or destructors, which must run once";
    }
  }
  return "";
}

// Whether it matters which copy of the variable is used.
bool must_not_exist_twice(const llvm::GlobalVariable& variable) {
  if (variable.isConstant() && variable.hasGlobalUnnamedAddr()) return false;  // its address is not significant
  if (is_stream_initialiser(variable)) return false;
  const VariableUses uses = uses_of(variable);
  return uses.escapes || (uses.written && !variable.isConstant());
}

std::string reason_in_variable(const llvm::GlobalVariable& variable) {
  if (variable.isThreadLocal()) return about("it uses thread_local variables", variable);
  if (variable.hasAppendingLinkage()) return "";
  if (variable.isDeclarationForLinker()) {
    const bool walks = variable.getName().starts_with("__start_") || variable.getName().starts_with("__stop_");
    return walks ? about("it walks through a section", variable) : "";
  }
  if (variable.hasSection()) return about("a variable has a section of its own", variable);
  return is_exported(variable) && variable.isDSOLocal()
             ? about("its code is bound to its own copy of a variable", variable)
             : "";
}

bool is_call_or_name(const llvm::Use& use) {
  const llvm::User* user = use.getUser();
  if (const auto* call = llvm::dyn_cast<llvm::CallBase>(user)) return call->isCallee(&use) || is_callback(use);
  if (llvm::isa<llvm::GlobalAlias>(user) || is_list_of_used(*user)) return true;
  // The entries of llvm.global_ctors were checked before.
  return llvm::isa<llvm::ConstantStruct>(user) && llvm::all_of(user->users(), [](const llvm::User* array) {
           return llvm::isa<llvm::ConstantArray>(array) && llvm::all_of(array->users(), [](const llvm::User* list) {
                    const auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(list);
                    return variable && variable->hasAppendingLinkage();
                  });
         });
}

// Assembler directives can define or name any symbol, which would then exist twice.
bool has_directives(llvm::StringRef assembly) {
  for (std::size_t at = assembly.find('.'); at != assembly.npos; at = assembly.find('.', at + 1))
    if (at == 0 || llvm::StringRef(" \t\n;").contains(assembly[at - 1])) return true;
  return false;
}

// Whether the source demands an optimisation of this loop. The optimiser warns when it cannot do it.
bool demands_optimisation(const llvm::Instruction& instruction) {
  const llvm::MDNode* loop = instruction.getMetadata(llvm::LLVMContext::MD_loop);
  if (!loop) return false;
  return llvm::any_of(loop->operands(), [](const llvm::MDOperand& operand) {
    const auto* property = llvm::dyn_cast<llvm::MDNode>(operand);
    if (!property || property->getNumOperands() == 0) return false;
    const auto* name = llvm::dyn_cast<llvm::MDString>(property->getOperand(0));
    return name && name->getString().starts_with("llvm.loop.") && !name->getString().ends_with(".disable") &&
           name->getString() != "llvm.loop.mustprogress";
  });
}

std::string reason_in_body(const llvm::Function& function) {
  for (const char* warning : {"warn-stack-size", "dontcall-error", "dontcall-warn"})
    if (function.hasFnAttribute(warning)) return about("the optimiser may report a warning", function);
  if (function.isPresplitCoroutine()) return about("it has a coroutine", function);
  for (const llvm::BasicBlock& block : function) {
    if (block.hasAddressTaken()) return about("it uses the addresses of labels", function);
    if (demands_optimisation(block.back())) return about("the optimiser may report a warning", function);
    for (const llvm::Instruction& instruction : block) {
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      const auto* assembly = call ? llvm::dyn_cast<llvm::InlineAsm>(call->getCalledOperand()) : nullptr;
      if (assembly && has_directives(assembly->getAsmString()))
        return about("its inline assembly has directives", function);
    }
  }
  return "";
}

std::string reason_in_function(const llvm::Function& function) {
  if (function.isDeclaration()) return reason_in_body(function);
  if (!is_exported(function)) {
    if (function.hasAvailableExternallyLinkage() || llvm::all_of(function.uses(), is_call_or_name))
      return reason_in_body(function);
    return about("the address of a function of its own is kept, which could not be redirected", function);
  }
  if (function.isDSOLocal()) return about("its code is bound to its own copy of a function", function);
  if (!can_be_redirected(function.getName())) return about("the name of a function cannot be written", function);
  return reason_in_body(function);
}

std::string reason_in_alias(const llvm::GlobalAlias& alias) {
  const bool redirected = is_exported(alias) && !alias.isDSOLocal() && can_be_redirected(alias.getName()) &&
                          llvm::isa<llvm::Function>(alias.getAliasee());
  return redirected ? "" : about("an alias could not be redirected", alias);
}

std::string reason_in_module(const llvm::Module& module) {
  const llvm::Triple& triple = module.getTargetTriple();
  if (!triple.isOSBinFormatELF() || !(triple.getArch() == llvm::Triple::x86_64 || triple.isAArch64(64)))
    return "quick code is not made for this kind of processor";
  if (!module.getModuleInlineAsm().empty()) return "it has assembly outside of functions";
  if (!module.ifunc_empty()) return about("a function is chosen when the code is loaded", *module.ifunc_begin());
  std::string reason = reason_in_constructors(module);
  const auto look = [&](auto&& values, auto&& reason_in) {
    for (const auto& value : values)
      if (reason.empty()) reason = reason_in(value);
  };
  look(module.aliases(), reason_in_alias);
  look(module.globals(), reason_in_variable);
  look(module.functions(), reason_in_function);
  return reason;
}

// Collects the exported functions that must stay quick code. Returns a reason when a variable must not exist twice and
// its functions must not stay quick code.
std::string find_staying_functions(const llvm::Module& module, llvm::StringSet<>& staying) {
  for (const llvm::GlobalVariable& variable : module.globals()) {
    if (variable.isDeclarationForLinker() || variable.hasAppendingLinkage() || is_exported(variable) ||
        !must_not_exist_twice(variable))
      continue;
    Functions functions;
    add_functions_that_refer_to(variable, functions);
    if (!may_stay_quick(functions)) return about("a static variable of its own would exist twice", variable);
    for (const llvm::Function* function : functions)
      if (is_exported(*function)) staying.insert(function->getName());
  }
  const bool replaced = llvm::any_of(module.functions(), [&](const llvm::Function& function) {
    return is_exported(function) && !staying.contains(function.getName());
  });
  return replaced ? "" : "it has no function that could be replaced";
}

}  // namespace

bool is_exported(const llvm::GlobalValue& value) {
  return !value.isDeclarationForLinker() && !value.hasLocalLinkage() && value.hasDefaultVisibility();
}

std::string reason_in_options(const clang::CompilerInvocation& invocation) {
  const clang::CodeGenOptions& options = invocation.getCodeGenOpts();
  if (options.OptimizationLevel == 0) return "optimisation is not asked for";
  if (options.getDebugInfo() != llvm::codegenoptions::NoDebugInfo)
    return "debug information is asked for";  // or remarks of the optimiser
  return "";
}

Plan plan_two_copies(const llvm::Module& module) {
  Plan plan;
  plan.reason = reason_in_module(module);
  if (plan.reason.empty()) plan.reason = find_staying_functions(module, plan.staying);
  if (!plan.reason.empty()) return plan;
  const auto share = [&](const llvm::GlobalValue& value) {
    plan.shared_symbols.push_back(llvm::GlobalValue::dropLLVMManglingEscape(value.getName()).str());
  };
  for (const llvm::GlobalVariable& variable : module.globals())
    if (is_exported(variable) && !variable.hasAppendingLinkage()) share(variable);
  for (const llvm::Function& function : module.functions())
    if (plan.staying.contains(function.getName())) share(function);
  return plan;
}

}  // namespace dijitso::compilation
