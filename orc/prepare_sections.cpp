// Only entries of the section table change, so the layout of the file stays. JITLink places sections of one name in the
// order of their addresses, which are all 0 in an object. With addresses of their own, code keeps the compiler's order,
// and a block of the graph shows from which section it was made (symbol_file.h). Tested in
// unittests/orc/linker_work_test.cpp.
#include "orc/prepare_sections.h"

#include <llvm/Support/MathExtras.h>

#include <cstdint>
#include <map>
#include <utility>

namespace dijitso::orc {

namespace {

using Section = llvm::object::ELF64LE::Shdr;

// What the section has in common with those that may have the same name; empty when its name must stay.
llvm::StringRef kind_of(const Section& section, llvm::StringRef name) {
  if (section.sh_type == llvm::ELF::SHT_RELA) return "relocations";
  if (section.sh_flags & llvm::ELF::SHF_TLS) return "";
  for (const llvm::StringRef kind : {".text.", ".rodata.", ".data.", ".bss.", ".gcc_except_table."})
    if (name.starts_with(kind)) return kind;
  return "";
}

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

}  // namespace

llvm::Error prepare_sections(const llvm::object::ELFFile<llvm::object::ELF64LE>& file, Object& object) {
  auto sections = file.sections();
  if (!sections) return sections.takeError();
  auto names = file.getSectionStringTable(*sections);
  if (!names) return names.takeError();
  std::map<std::pair<llvm::StringRef, std::uint64_t>, std::uint32_t> shared;  // by kind and flags
  std::uint64_t end = 1;                                                      // of the section before
  for (const auto& entry : *sections) {
    auto name = file.getSectionName(entry, *names);
    if (!name) return name.takeError();
    auto& section = const_cast<Section&>(entry);
    if (*name == ".debug_info") object.has_debug_info = true;
    if (!is_needed(section, *sections)) {
      section.sh_type = llvm::ELF::SHT_NULL;
      continue;
    }
    if (*name == ".eh_frame") section.sh_name = section.sh_name + 1;  // without the dot
    if (const auto kind = kind_of(section, *name); !kind.empty())
      section.sh_name = shared.try_emplace({kind, section.sh_flags}, section.sh_name).first->second;
    if (section.sh_flags & llvm::ELF::SHF_ALLOC) {
      section.sh_addr = llvm::alignTo(end, std::max<std::uint64_t>(section.sh_addralign, 1));
      end = section.sh_addr + section.sh_size;
    }
  }
  return llvm::Error::success();
}

}  // namespace dijitso::orc
