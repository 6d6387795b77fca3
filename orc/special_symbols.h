// Symbols of object files that JITLink does not know: functions that are chosen when the code is loaded (ifunc, as
// target_clones makes them) and symbols that are numbers, not addresses.
//
// In what JITLink gets, the first are ordinary functions at the address of their resolver, which the graph pass then
// moves aside: the function becomes a jump through a word, which Code::choose_functions() fills in before any other
// code runs. The second are undefined symbols, which are bound to their values. Tested in
// unittests/orc/cpu_dispatch_test.cpp.
#pragma once

#include "orc/object.h"
#include "support/bytes.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Error.h>

#include <optional>
#include <vector>

namespace dijitso::orc {

struct SpecialSymbols {
  std::vector<ChosenFunction> chosen_functions;
  std::vector<NumberSymbol> numbers;
  std::optional<Bytes> rewritten;  // the object for JITLink, when there is any of them
};

// `bytes` is what `file` was made of, or differs from it only in the relocations.
llvm::Expected<SpecialSymbols> read_special_symbols(const llvm::object::ELFObjectFileBase& file, ByteView bytes);

// The section of the words that choose_functions() is to fill in.
inline constexpr const char* chosen_addresses = ".dijitso.chosen_addresses";

// Before pruning.
void redirect_chosen_functions(llvm::jitlink::LinkGraph& graph, const std::vector<ChosenFunction>& functions);

}  // namespace dijitso::orc
