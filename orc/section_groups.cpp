// A name matters where code can ask for it (__start_<name>), and where it says when a function runs (.init_array.200).
// Other sections are told apart by what they hold. Tested in
// unittests/orc/linker_work_test.cpp.
#include "orc/section_groups.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/Support/MathExtras.h>

#include <algorithm>
#include <utility>

namespace dijitso::orc {

namespace {

namespace elf = llvm::ELF;

constexpr std::uint64_t distinguishing_flags = elf::SHF_ALLOC | elf::SHF_WRITE | elf::SHF_EXECINSTR | elf::SHF_TLS;

llvm::StringRef group_name(llvm::StringRef section) {
  if (section == ".eh_frame") return frames_section;
  for (const llvm::StringRef kind :
       {".text.", ".rodata.", ".data.", ".bss.", ".gcc_except_table.", ".tdata.", ".tbss."})
    if (section.starts_with(kind)) return kind;
  return section;
}

// Sections of zeros and others do not become one.
std::uint64_t kind_of(std::uint32_t type, std::uint64_t flags) {
  return flags | (type == elf::SHT_NOBITS ? 1u << 31 : 0);
}

void place(std::vector<SectionGroup>& groups, llvm::ArrayRef<ElfFile::Elf_Shdr> sections) {
  std::uint64_t end = 1;
  for (auto& group : groups) {
    group.address = llvm::alignTo(end, group.alignment);
    std::uint64_t next = group.address;
    for (auto& member : group.members) {
      const auto& section = sections[member.number];
      member.address = llvm::alignTo(next, std::max<std::uint64_t>(section.sh_addralign, 1));
      next = member.address + section.sh_size;
    }
    group.size = next - group.address;
    end = next + 1;
  }
}

}  // namespace

llvm::Expected<std::vector<SectionGroup>> group_sections(const ElfFile& file) {
  auto sections = file.sections();
  if (!sections) return sections.takeError();
  auto names = file.getSectionStringTable(*sections);
  if (!names) return names.takeError();
  std::vector<SectionGroup> groups;
  llvm::DenseMap<std::pair<llvm::StringRef, std::uint64_t>, std::size_t> known;
  for (std::uint32_t number = 0; number < sections->size(); ++number) {
    const auto& section = (*sections)[number];
    if (!(section.sh_flags & elf::SHF_ALLOC) || section.sh_type == elf::SHT_NULL) continue;
    auto full_name = file.getSectionName(section, *names);
    if (!full_name) return full_name.takeError();
    const std::uint64_t flags = section.sh_flags & distinguishing_flags;
    const auto name = group_name(*full_name);
    const auto found = known.try_emplace({name, kind_of(section.sh_type, flags)}, groups.size());
    if (found.second) groups.push_back({name, section.sh_type, flags});
    auto& group = groups[found.first->second];
    group.alignment = std::max<std::uint64_t>(group.alignment, section.sh_addralign);
    group.members.push_back({number, 0});
  }
  place(groups, *sections);
  return groups;
}

}  // namespace dijitso::orc
