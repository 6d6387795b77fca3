// Makes the copy of a module that becomes quick code. Its functions can be redirected while it runs.
#pragma once

#include <llvm/ADT/StringSet.h>
#include <llvm/IR/Module.h>

#include <memory>

namespace dijitso::compilation {

// The copy is in the same context as the module, which does not change; destroy the copy first. Only for modules whose
// code may exist twice (two_copies.h).
std::unique_ptr<llvm::Module> quick_copy(const llvm::Module& module, const llvm::StringSet<>& staying);

// Whether the name of a function can be written in the assembly text of its stub.
bool can_be_redirected(llvm::StringRef name);

}  // namespace dijitso::compilation
