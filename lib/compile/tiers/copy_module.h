// Copies a module within its context.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/Module.h>

#include <memory>

namespace dijitso::compilation {

// The module must have no debug information, and no addresses of labels. Metadata is shared with the original. Of what
// is not needed, the copy has the declarations only.
std::unique_ptr<llvm::Module> copy_module(const llvm::Module& module,
                                          llvm::function_ref<bool(const llvm::GlobalValue*)> is_needed);

}  // namespace dijitso::compilation
