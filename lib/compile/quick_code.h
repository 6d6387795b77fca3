// The copy of a module that becomes quick code: its functions can be redirected while it runs.
#pragma once

#include <llvm/ADT/StringSet.h>
#include <llvm/IR/Module.h>

#include <memory>

namespace dijitso::compile {

// In the same context as the module, which is unchanged; the copy must go first. For modules that may exist twice.
std::unique_ptr<llvm::Module> quick_copy(const llvm::Module& module, const llvm::StringSet<>& staying);

// Whether the name of a function can stand in the assembly that quick code has for it.
bool can_be_redirected(llvm::StringRef name);

}  // namespace dijitso::compile
