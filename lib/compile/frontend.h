// One run of Clang over a module: to an object, or to LLVM's intermediate code that both tiers are made of.
#pragma once

#include "compile/arguments.h"
#include "compile/compile_watch.h"
#include "compile/compiler.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>

namespace dijitso::compile {

// To be called on a large stack. A precompiled prelude is used when it suits the module.
CompileResult compile_to_object(const CompileRequest& request, const Translation& translation,
                                const Precompiled* precompiled, CompileWatch& watch);

struct IntermediateCode {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;  // before any optimisation, but made for the level that was asked for
};

// The same without the code generator: `code` is filled in and the object is empty when the result is good.
CompileResult compile_to_intermediate_code(const CompileRequest& request, const Translation& translation,
                                           const Precompiled* precompiled, IntermediateCode& code, CompileWatch& watch);

}  // namespace dijitso::compile
