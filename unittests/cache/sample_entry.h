// A small entry and a small object to put it in, made without a compiler.
#pragma once

#include "cache/format/entry.h"

#include <elf.h>

#include <cstring>

namespace dijitso::testing {

// An ELF64 relocatable object with a section ".data" that holds `content`, and its name table.
inline Bytes sample_object(std::string_view content = "content") {
  const std::string names("\0.data\0.shstrtab\0", 17);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 2;
  header.e_shoff = sizeof header + content.size() + names.size();
  Elf64_Shdr sections[3]{};
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_flags = SHF_ALLOC | SHF_WRITE;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = content.size();
  sections[2].sh_name = 7;
  sections[2].sh_type = SHT_STRTAB;
  sections[2].sh_offset = sizeof header + content.size();
  sections[2].sh_size = names.size();
  auto bytes_of = [](const auto& value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); };
  const std::string text = bytes_of(header) + std::string(content) + names + bytes_of(sections);
  return Bytes(text.begin(), text.end());
}

inline cache::Entry sample_entry() {
  cache::Entry entry;
  entry.signature = "poisson_1";
  entry.request = "schema 1\nflags -O2\n";
  entry.build = blake3("build");
  entry.header = "int f();\n";
  entry.source = blake3("source");
  entry.dependencies = {{"element_1", blake3("r1"), blake3("b1"), blake3("i1")},
                        {"element_2", blake3("r2"), blake3("b2"), blake3("i2")}};
  entry.files = {{"/usr/include/ufc.h", 12, 34, blake3("ufc"), {}},
                 {"/a b/\\n\n\\.h", 0, -5, blake3("odd"), {1, 2, 3}}};
  entry.absent = {{"/usr/local/include", {"ufc.h"}, 56, {1, 4, 7}}};
  entry.isa_features = {"avx", "avx2"};
  entry.libs = {"m", "pet sc"};
  entry.lib_dirs = {"/opt/lib"};
  entry.rpath_dirs = {"$ORIGIN/x", "/r\n"};
  entry.prototypes = "function\tf\tf\tint f()\ti4\n";
  entry.build_info = "{\"host\": \"here\"}";
  return entry;
}

inline bool same(const cache::Entry& a, const cache::Entry& b) {
  return a.signature == b.signature && a.request == b.request && a.build == b.build && a.header == b.header &&
         a.source == b.source && a.dependencies == b.dependencies && a.files == b.files &&
         a.isa_features == b.isa_features && a.libs == b.libs && a.lib_dirs == b.lib_dirs &&
         a.rpath_dirs == b.rpath_dirs && a.prototypes == b.prototypes && a.build_info == b.build_info;
}

}  // namespace dijitso::testing
