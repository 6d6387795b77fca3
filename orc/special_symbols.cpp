// Changes only entries of the symbol table, in place, so the layout of the file stays. Tested in
// unittests/orc/cpu_dispatch_test.cpp.
#include "orc/special_symbols.h"

#include <llvm/BinaryFormat/ELF.h>

#include <algorithm>
#include <utility>

namespace dijitso::orc {

namespace {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();
namespace jit = llvm::jitlink;
using EntryOfSymbol = llvm::object::ELF64LE::Sym;

bool is_ifunc(const EntryOfSymbol& entry) { return entry.getType() == llvm::ELF::STT_GNU_IFUNC && entry.isDefined(); }

bool is_number(const EntryOfSymbol& entry) {
  return entry.st_shndx == llvm::ELF::SHN_ABS && entry.getType() != llvm::ELF::STT_FILE;
}

}  // namespace

void record_special_symbol(const EntryOfSymbol& entry, llvm::StringRef name, Object& object) {
  if (is_ifunc(entry)) {
    object.chosen_functions.push_back({name.str(), entry.st_value});
  } else if (is_number(entry)) {
    object.numbers.push_back({name.str(), entry.st_value, is_exported(entry)});
  }
}

void replace_special_symbol(EntryOfSymbol& entry) {
  if (is_ifunc(entry)) {
    entry.setType(llvm::ELF::STT_FUNC);
  } else if (is_number(entry)) {
    entry.st_shndx = llvm::ELF::SHN_UNDEF;
    entry.st_value = 0;
    entry.setBindingAndType(llvm::ELF::STB_GLOBAL, llvm::ELF::STT_NOTYPE);
  }
}

void redirect_chosen_functions(jit::LinkGraph& graph, const std::vector<ChosenFunction>& functions) {
  if (functions.empty()) return;
  std::vector<jit::Symbol*> found;
  for (auto* symbol : graph.defined_symbols()) {
    const bool chosen = symbol->hasName() && std::ranges::any_of(functions, [&](const ChosenFunction& function) {
                          return function.offset == symbol->getOffset() && *symbol->getName() == function.name;
                        });
    if (chosen) found.push_back(symbol);
  }
  auto& stubs = graph.createSection(".dijitso.chosen", llvm::orc::MemProt::Read | llvm::orc::MemProt::Exec);
  auto& words = graph.createSection(chosen_addresses, llvm::orc::MemProt::Read | llvm::orc::MemProt::Write);
  auto make_word = jit::getAnonymousPointerCreator(graph.getTargetTriple());
  auto make_stub = jit::getPointerJumpStubCreator(graph.getTargetTriple());
  for (auto* symbol : found) {
    auto& resolver = graph.addAnonymousSymbol(symbol->getBlock(), symbol->getOffset(), symbol->getSize(), true, false);
    auto& stub = make_stub(graph, stubs, make_word(graph, words, &resolver, 0));
    graph.transferDefinedSymbol(*symbol, stub.getBlock(), 0, stub.getSize());
  }
}

}  // namespace dijitso::orc
