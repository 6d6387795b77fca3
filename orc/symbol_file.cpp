// JITLink's graph does not record from which section of the file a block was made, and section names may repeat. But
// until it is placed, a block has the address of its section (prepare_sections.h). Functions are read from the file
// too, because the graph drops the names of local functions. The debugger gets the section names of the compiler: it
// looks for .eh_frame.
//
// A section that is not in memory (pruned, or thread-local, which has no single address) loses its SHF_ALLOC flag.
// Otherwise the debugger would use its addresses, which start at 0, for code. Tested in
// unittests/orc/debugger_test.cpp.
#include "orc/symbol_file.h"

#include <llvm/Object/ELF.h>

#include <bit>
#include <optional>
#include <string>
#include <utility>

namespace dijitso::orc {

namespace {

namespace jit = llvm::jitlink;
using Elf = llvm::object::ELFFile<llvm::object::ELF64LE>;
using Section = Elf::Elf_Shdr;
static_assert(sizeof(void*) == 8 && std::endian::native == std::endian::little, "the ELF files of this host differ");

llvm::Expected<Elf> parse(const Bytes& object) {
  const auto text = as_text(object);
  return Elf::create(llvm::StringRef(text.data(), text.size()));
}

bool has_an_address(const Section& section) {
  return (section.sh_flags & llvm::ELF::SHF_ALLOC) && !(section.sh_flags & llvm::ELF::SHF_TLS) && section.sh_size > 0;
}

}  // namespace

llvm::Error SymbolFile::find_sections(jit::LinkGraph& graph) {
  auto file = parse(object_.bytes);
  if (!file) return file.takeError();
  auto sections = file->sections();
  if (!sections) return sections.takeError();
  std::map<std::uint64_t, std::size_t> by_address;
  for (std::size_t i = 0; i < sections->size(); ++i)
    if (has_an_address((*sections)[i])) by_address[(*sections)[i].sh_addr] = i;
  for (const auto* block : graph.blocks()) {
    const auto address = block->getAddress().getValue();
    const auto next = by_address.upper_bound(address);
    if (block->getSize() == 0 || next == by_address.begin()) continue;
    const auto& [begin, number] = *std::prev(next);
    if (address - begin < (*sections)[number].sh_size) places_.insert({number, {block, address - begin}});
  }
  return llvm::Error::success();
}

llvm::Expected<Bytes> SymbolFile::copy_with_addresses() const {
  Bytes copy = object_.bytes;
  auto file = parse(copy);
  if (!file) return file.takeError();
  auto original = parse(*object_.original);
  if (!original) return original.takeError();
  auto sections = file->sections();
  if (!sections) return sections.takeError();
  auto original_sections = original->sections();
  if (!original_sections) return original_sections.takeError();
  for (std::size_t i = 0; i < sections->size(); ++i) {
    auto& section = const_cast<Section&>((*sections)[i]);  // it lies in our copy
    section = (*original_sections)[i];
    const auto place = places_.find(i);
    if (place != places_.end())
      section.sh_addr = place->second.section_address();
    else
      section.sh_flags = section.sh_flags & ~std::uint64_t{llvm::ELF::SHF_ALLOC};
  }
  return copy;
}

llvm::Expected<std::vector<LinkedFunction>> SymbolFile::functions() const {
  std::vector<LinkedFunction> result;
  auto file = parse(object_.bytes);
  if (!file) return file.takeError();
  auto sections = file->sections();
  if (!sections) return sections.takeError();
  for (const auto& table : *sections) {
    if (table.sh_type != llvm::ELF::SHT_SYMTAB) continue;
    auto symbols = file->symbols(&table);
    if (!symbols) return symbols.takeError();
    auto names = file->getStringTableForSymtab(table, *sections);
    if (!names) return names.takeError();
    for (const auto& symbol : *symbols) {
      const auto place = places_.find(symbol.st_shndx);
      if (symbol.getType() != llvm::ELF::STT_FUNC || symbol.st_size == 0 || place == places_.end()) continue;
      auto name = symbol.getName(*names);
      if (!name) return name.takeError();
      result.push_back({static_cast<std::uintptr_t>(place->second.section_address() + symbol.st_value),
                        static_cast<std::size_t>(symbol.st_size), name->str()});
    }
  }
  return result;
}

}  // namespace dijitso::orc
