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
using Elf = llvm::object::ELF64LE;
using EntryOfSymbol = Elf::Sym;

void take(EntryOfSymbol& entry, llvm::StringRef name, SpecialSymbols& result) {
  if (name.empty()) return;
  if (entry.getType() == llvm::ELF::STT_GNU_IFUNC && entry.isDefined()) {
    result.chosen_functions.push_back({name.str(), entry.st_value});
    entry.setType(llvm::ELF::STT_FUNC);
  } else if (entry.st_shndx == llvm::ELF::SHN_ABS && entry.getType() != llvm::ELF::STT_FILE) {
    const bool exported =
        entry.getBinding() != llvm::ELF::STB_LOCAL &&
        (entry.getVisibility() == llvm::ELF::STV_DEFAULT || entry.getVisibility() == llvm::ELF::STV_PROTECTED);
    result.numbers.push_back({name.str(), entry.st_value, exported});
    entry.st_shndx = llvm::ELF::SHN_UNDEF;
    entry.st_value = 0;
    entry.setBindingAndType(llvm::ELF::STB_GLOBAL, llvm::ELF::STT_NOTYPE);
  }
}

}  // namespace

llvm::Expected<SpecialSymbols> take_special_symbols(const llvm::object::ELFFile<Elf>& file) {
  SpecialSymbols result;
  auto sections = file.sections();
  if (!sections) return sections.takeError();
  for (const auto& table : *sections) {
    if (table.sh_type != llvm::ELF::SHT_SYMTAB) continue;
    auto entries = file.symbols(&table);
    if (!entries) return entries.takeError();
    auto names = file.getStringTableForSymtab(table, *sections);
    if (!names) return names.takeError();
    for (const auto& entry : *entries) {
      auto name = entry.getName(*names);
      if (!name) return name.takeError();
      take(const_cast<EntryOfSymbol&>(entry), *name, result);
    }
  }
  return result;
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
