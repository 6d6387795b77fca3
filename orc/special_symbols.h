// Handles symbols that JITLink does not support: functions that are chosen at load time (ifunc, used by target_clones),
// and absolute symbols, whose value is a number and not an address.
//
// In the object that JITLink gets, an ifunc is an ordinary function at the address of its resolver. A graph pass then
// turns it into a stub that jumps through a word, which Code::choose_functions() fills in before any other code runs.
// Absolute symbols are undefined symbols, which are bound to their values. Tested in
// unittests/orc/cpu_dispatch_test.cpp.
#pragma once

#include "orc/object.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/Object/ELF.h>

#include <vector>

namespace dijitso::orc {

// If the symbol is one of these, records it in `object`.
void record_special_symbol(const llvm::object::ELF64LE::Sym& entry, llvm::StringRef name, Object& object);

// If the entry is one of these symbols, changes it to what JITLink gets.
void replace_special_symbol(llvm::object::ELF64LE::Sym& entry);

// The section with the words that choose_functions() fills in.
inline constexpr const char* chosen_addresses = ".dijitso.chosen_addresses";

// Call it before pruning.
void redirect_chosen_functions(llvm::jitlink::LinkGraph& graph, const std::vector<ChosenFunction>& functions);

}  // namespace dijitso::orc
