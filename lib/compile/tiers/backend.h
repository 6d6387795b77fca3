// Runs only Clang's back end: turns LLVM IR that the parser made earlier into an object.
#pragma once

#include "compile/compiler.h"
#include "compile/limits/compile_watch.h"
#include "support/bytes.h"

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso::compilation {

struct GeneratedCode {
  bool ok = false;
  Bytes object;          // empty unless ok
  std::string messages;  // errors and warnings, without positions; usually empty
  std::vector<TimedStep> steps;
};

// Optimises and generates code according to the options. Clang fills in missing options of `invocation`. Call it on a
// large stack.
GeneratedCode generate_code(llvm::Module& module, const std::shared_ptr<clang::CompilerInvocation>& invocation,
                            CompileWatch& watch);

}  // namespace dijitso::compilation
