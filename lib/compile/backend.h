// Clang's code generator by itself: intermediate code that its parser made earlier becomes an object.
#pragma once

#include "compile/compile_watch.h"
#include "compile/compiler.h"
#include "support/bytes.h"

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso::compile {

struct GeneratedCode {
  bool ok = false;
  Bytes object;          // empty unless ok
  std::string messages;  // errors and warnings, which have no position any more; mostly none
  std::vector<TimedStep> steps;
};

// Optimises as the options say. What they say is changed as far as Clang completes them. To be called on a large stack.
GeneratedCode generate_code(llvm::Module& module, const std::shared_ptr<clang::CompilerInvocation>& invocation,
                            CompileWatch& watch);

}  // namespace dijitso::compile
