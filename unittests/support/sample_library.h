// Shared libraries made by hand, without a linker: an ELF header, two segments, a dynamic table and its names.
#pragma once

#include "unittests/support/scratch.h"

#include <elf.h>

#include <string>
#include <utility>
#include <vector>

namespace dijitso::testing {

#if defined(__x86_64__)
inline constexpr unsigned this_machine = EM_X86_64;
#else
inline constexpr unsigned this_machine = EM_AARCH64;
#endif

struct SampleLibrary {
  std::vector<std::string> needed;
  std::string rpath;
  std::string runpath;
  std::string soname;
  unsigned machine = this_machine;
};

inline std::string library_bytes(const SampleLibrary& library) {
  std::string names(1, '\0');
  std::vector<Elf64_Dyn> table;
  const auto add = [&](Elf64_Sxword tag, const std::string& name) {
    Elf64_Dyn entry{};
    entry.d_tag = tag;
    entry.d_un.d_val = names.size();
    names += name + '\0';
    table.push_back(entry);
  };
  for (const std::string& name : library.needed) add(DT_NEEDED, name);
  if (!library.soname.empty()) add(DT_SONAME, library.soname);
  if (!library.rpath.empty()) add(DT_RPATH, library.rpath);
  if (!library.runpath.empty()) add(DT_RUNPATH, library.runpath);
  const std::size_t table_offset = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
  const std::size_t names_offset = table_offset + (table.size() + 3) * sizeof(Elf64_Dyn);
  Elf64_Dyn entry{};
  entry.d_tag = DT_STRTAB;
  entry.d_un.d_ptr = names_offset;
  table.push_back(entry);
  entry.d_tag = DT_STRSZ;
  entry.d_un.d_val = names.size();
  table.push_back(entry);
  table.push_back(Elf64_Dyn{});

  Elf64_Ehdr header{};
  const std::string magic = ELFMAG;
  std::copy(magic.begin(), magic.end(), header.e_ident);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = static_cast<Elf64_Half>(library.machine);
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 2;
  Elf64_Phdr segments[2]{};
  segments[0].p_type = PT_LOAD;
  segments[0].p_filesz = segments[0].p_memsz = names_offset + names.size();
  segments[1].p_type = PT_DYNAMIC;
  segments[1].p_offset = segments[1].p_vaddr = table_offset;
  segments[1].p_filesz = segments[1].p_memsz = table.size() * sizeof(Elf64_Dyn);

  const auto raw = [](const void* data, std::size_t size) { return std::string(static_cast<const char*>(data), size); };
  return raw(&header, sizeof header) + raw(segments, sizeof segments) +
         raw(table.data(), table.size() * sizeof(Elf64_Dyn)) + names;
}

inline void write_library(const fs::path& file, const SampleLibrary& library) {
  fs::create_directories(file.parent_path());
  write_text(file, library_bytes(library));
}

}  // namespace dijitso::testing
