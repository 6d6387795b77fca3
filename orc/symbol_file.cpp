// JITLink's graph does not record from which section of the file a block was made, and section names may repeat. But
// the content of a block still points into the file; blocks of zeros are matched by name and size. Functions are read
// from the file too, because the graph drops the names of local functions.
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

// The sections with addresses, in which blocks are looked up.
class SectionFinder {
 public:
  llvm::Error read(const Bytes& object) {
    auto file = parse(object);
    if (!file) return file.takeError();
    auto sections = file->sections();
    if (!sections) return sections.takeError();
    for (std::size_t i = 0; i < sections->size(); ++i) {
      const auto& section = (*sections)[i];
      if (!has_an_address(section)) continue;
      if (section.sh_type != llvm::ELF::SHT_NOBITS) {
        by_offset_[section.sh_offset] = {i, section.sh_size};
        continue;
      }
      auto name = file->getSectionName(section);
      if (!name) return name.takeError();
      zeros_.emplace(std::pair(name->str(), section.sh_size), i);
    }
    return llvm::Error::success();
  }

  struct Found {
    std::size_t number;
    std::size_t offset;  // in the section
  };

  std::optional<Found> at(std::uint64_t offset) const {
    const auto next = by_offset_.upper_bound(offset);
    if (next == by_offset_.begin()) return std::nullopt;
    const auto& [begin, section] = *std::prev(next);
    if (offset - begin >= section.size) return std::nullopt;
    return Found{section.number, offset - begin};
  }

  // Returns each section only once.
  std::optional<Found> take_zeros(llvm::StringRef name, std::uint64_t size) {
    const auto found = zeros_.extract({name.str(), size});
    if (!found) return std::nullopt;
    return Found{found.mapped(), 0};
  }

 private:
  struct Content {
    std::size_t number;
    std::uint64_t size;
  };
  std::map<std::uint64_t, Content> by_offset_;
  std::multimap<std::pair<std::string, std::uint64_t>, std::size_t> zeros_;  // by name and size
};

}  // namespace

bool has_debug_info(jit::LinkGraph& graph) { return graph.findSectionByName(".debug_info") != nullptr; }

llvm::Error SymbolFile::find_sections(jit::LinkGraph& graph) {
  SectionFinder finder;
  if (auto error = finder.read(object_)) return error;
  for (const auto* block : graph.blocks()) {
    if (block->getSize() == 0) continue;  // an empty block begins where the next one does
    std::optional<SectionFinder::Found> found;
    if (block->isZeroFill()) {
      found = finder.take_zeros(block->getSection().getName(), block->getSize());
    } else {
      const auto* begin = reinterpret_cast<const std::uint8_t*>(block->getContent().data());
      if (begin >= object_.data() && begin < object_.data() + object_.size())
        found = finder.at(static_cast<std::uint64_t>(begin - object_.data()));
    }
    if (found) places_.insert({found->number, {block, found->offset}});
  }
  return llvm::Error::success();
}

llvm::Expected<Bytes> SymbolFile::copy_with_addresses() const {
  Bytes copy = object_;
  auto file = parse(copy);
  if (!file) return file.takeError();
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
  auto file = parse(object_);
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
