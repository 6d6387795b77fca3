// What a module's code may ask of the assembler and of the object file.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <string>

namespace dijitso::compile {

// Bytes of initialised data, and of what the assembler is told to leave free. Code beyond that cannot be linked.
inline constexpr std::uint64_t largest_data = std::uint64_t{1} << 30;

// Why a text of inline assembly cannot be assembled here; empty when it can. What it asks to be filled or repeated is
// added to `bytes`.
std::string reason_to_refuse_assembly(llvm::StringRef text, std::uint64_t& bytes);

// The same for all of a module, and for its data.
std::string reason_to_refuse_code(const llvm::Module& module);

}  // namespace dijitso::compile
