// Runs Clang on a module once, to an object or to the LLVM IR from which both tiers are made.
#pragma once

#include "compile/compiler.h"
#include "compile/driver/arguments.h"
#include "compile/limits/compile_watch.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>

namespace dijitso::compilation {

// Call it on a large stack. A precompiled prelude is used only when it fits the module.
CompileResult compile_to_object(const CompileRequest& request, const Translation& translation,
                                const Precompiled* precompiled, CompileWatch& watch);

struct IntermediateCode {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;  // not optimised yet, but made for the requested optimisation level
};

// Stops before the code generator: on success `code` is filled in and the result has no object.
CompileResult compile_to_intermediate_code(const CompileRequest& request, const Translation& translation,
                                           const Precompiled* precompiled, IntermediateCode& code, CompileWatch& watch);

}  // namespace dijitso::compilation
