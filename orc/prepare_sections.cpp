// Only entries of tables change, so the layout of the file stays. JITLink places sections of one name in the order of
// their addresses, which are all 0 in an object. With addresses of their own, code keeps the compiler's order, and a
// block of the graph shows from which section it was made (symbol_file.h). Tested in
// unittests/orc/linker_work_test.cpp.
#include "orc/prepare_sections.h"

#include "orc/special_symbols.h"
#include "orc/tls_relocations.h"

#include <cstdint>

namespace dijitso::orc {

namespace {

using Section = ElfFile::Elf_Shdr;

// Whether JITLink needs the section: it is loaded, or a symbol table, or has the relocations of a loaded section.
bool is_needed(const Section& section, llvm::ArrayRef<Section> sections) {
  switch (section.sh_type) {
    case llvm::ELF::SHT_SYMTAB:
    case llvm::ELF::SHT_SYMTAB_SHNDX:
    case llvm::ELF::SHT_STRTAB:
      return true;
    case llvm::ELF::SHT_RELA:
      return section.sh_info < sections.size() && (sections[section.sh_info].sh_flags & llvm::ELF::SHF_ALLOC);
    default:
      return section.sh_flags & llvm::ELF::SHF_ALLOC;
  }
}

llvm::Error replace_symbols(const ElfFile& file, const Section& table) {
  auto symbols = file.symbols(&table);
  if (!symbols) return symbols.takeError();
  for (const auto& symbol : *symbols) replace_special_symbol(const_cast<ElfFile::Elf_Sym&>(symbol));
  return llvm::Error::success();
}

llvm::Error replace_relocations(const ElfFile& file, const Section& table, bool loaded) {
  auto relocations = file.relas(table);
  if (!relocations) return relocations.takeError();
  for (const auto& relocation : *relocations) rewrite_local_dynamic(const_cast<ElfFile::Elf_Rela&>(relocation), loaded);
  return llvm::Error::success();
}

// JITLink reads no name of a section with relocations, so all get the same.
void share_names(llvm::ArrayRef<Section> sections, const std::vector<SectionGroup>& groups) {
  const Section* relocations = nullptr;
  for (const auto& section : sections) {
    if (section.sh_type != llvm::ELF::SHT_RELA) continue;
    if (!relocations) relocations = &section;
    const_cast<Section&>(section).sh_name = relocations->sh_name;
  }
  for (const auto& group : groups) {
    const auto& first = sections[group.members.front().number];
    const std::uint32_t name = first.sh_name + (group.name == frames_section ? 1 : 0);  // without the dot
    for (const auto& member : group.members) {
      auto& section = const_cast<Section&>(sections[member.number]);
      section.sh_name = name;
      section.sh_addr = member.address;
    }
  }
}

}  // namespace

llvm::Error replace_unsupported(const ElfFile& file) {
  auto sections = file.sections();
  if (!sections) return sections.takeError();
  for (const auto& section : *sections) {
    if (section.sh_type == llvm::ELF::SHT_SYMTAB) {
      if (auto error = replace_symbols(file, section)) return error;
    } else if (section.sh_type == llvm::ELF::SHT_RELA && section.sh_info < sections->size()) {
      const bool loaded = (*sections)[section.sh_info].sh_flags & llvm::ELF::SHF_ALLOC;
      if (auto error = replace_relocations(file, section, loaded)) return error;
    }
  }
  return llvm::Error::success();
}

llvm::Error prepare_whole(Object& object) {
  object.bytes = *object.original;
  auto file = parse_elf(object.bytes);
  if (!file) return file.takeError();
  if (auto error = replace_unsupported(*file)) return error;
  auto sections = file->sections();
  if (!sections) return sections.takeError();
  for (const auto& section : *sections)
    if (!is_needed(section, *sections)) const_cast<Section&>(section).sh_type = llvm::ELF::SHT_NULL;
  share_names(*sections, object.groups);
  return llvm::Error::success();
}

}  // namespace dijitso::orc
