// JITLink's graph does not record from which section of the file a block was made, and section names may repeat. But
// until it is placed, a block has the address of its section, or of its group of sections (section_groups.h). Functions
// are read from the file too, because the graph drops the names of local functions.
//
// A section that is not in memory (pruned, or thread-local, which has no single address) loses its SHF_ALLOC flag.
// Otherwise the debugger would use its addresses, which start at 0, for code. Tested in
// unittests/orc/debugger_test.cpp.
#include "orc/symbol_file.h"

#include "orc/prepare_sections.h"

#include <llvm/Object/ELF.h>

#include <bit>
#include <iterator>
#include <string>
#include <utility>

namespace dijitso::orc {

namespace {

namespace jit = llvm::jitlink;
using Section = ElfFile::Elf_Shdr;
static_assert(sizeof(void*) == 8 && std::endian::native == std::endian::little, "the ELF files of this host differ");

bool is_function(const ElfFile::Elf_Sym& symbol) {
  return symbol.st_size > 0 &&
         (symbol.getType() == llvm::ELF::STT_FUNC || symbol.getType() == llvm::ELF::STT_GNU_IFUNC);
}

}  // namespace

void SymbolFile::find_sections(jit::LinkGraph& graph) {
  std::map<std::uint64_t, const jit::Block*> blocks;
  for (const auto* block : graph.blocks()) blocks[block->getAddress().getValue()] = block;
  for (const auto& group : object_.groups) {
    if (group.is_thread_local()) continue;
    for (const auto& member : group.members) {
      const auto next = blocks.upper_bound(member.address);
      if (next == blocks.begin()) continue;
      const auto& [address, block] = *std::prev(next);
      if (member.address - address < block->getSize())
        places_.insert({member.number, {block, member.address - address}});
    }
  }
}

llvm::Expected<Bytes> SymbolFile::copy_with_addresses() const {
  Bytes copy = *object_.original;
  auto file = parse_elf(copy);
  if (!file) return file.takeError();
  if (auto error = replace_unsupported(*file)) return error;
  auto sections = file->sections();
  if (!sections) return sections.takeError();
  for (std::size_t i = 0; i < sections->size(); ++i) {
    auto& section = const_cast<Section&>((*sections)[i]);  // it lies in our copy
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
  auto file = parse_elf(*object_.original);
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
      if (!is_function(symbol) || place == places_.end()) continue;
      auto name = symbol.getName(*names);
      if (!name) return name.takeError();
      result.push_back({static_cast<std::uintptr_t>(place->second.section_address() + symbol.st_value),
                        static_cast<std::size_t>(symbol.st_size), name->str()});
    }
  }
  return result;
}

}  // namespace dijitso::orc
