// Limits on what a module's code may ask of the assembler and of the object file.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <string>

namespace dijitso::compilation {

// The limit on initialised data plus the space that assembler directives reserve, in bytes. Larger code cannot be
// linked.
inline constexpr std::uint64_t largest_data = std::uint64_t{1} << 30;

// Returns why this inline assembly cannot be assembled here; empty when it can. Adds the bytes that it fills or repeats
// to `bytes`.
std::string reason_to_refuse_assembly(llvm::StringRef text, std::uint64_t& bytes);

// Does the same for all inline assembly of a module, and checks the size of its initialised data.
std::string reason_to_refuse_code(const llvm::Module& module);

}  // namespace dijitso::compilation
