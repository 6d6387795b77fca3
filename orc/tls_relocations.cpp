// Changes only relocation entries, in place, so the layout of the file stays. Tested in
// unittests/orc/thread_local_test.cpp.
#include "orc/tls_relocations.h"

#include <llvm/BinaryFormat/ELF.h>

namespace dijitso::orc {

namespace {

using Elf = llvm::object::ELF64LE;
using Relocation = Elf::Rela;

// The relocation type that JITLink reads instead. Debug information uses the same types for the places of variables;
// there the relocation is removed.
std::optional<std::uint32_t> replacement(std::uint32_t type, bool loaded) {
  switch (type) {
    case llvm::ELF::R_X86_64_TLSLD:
      return llvm::ELF::R_X86_64_TLSGD;
    case llvm::ELF::R_X86_64_DTPOFF32:
      return loaded ? llvm::ELF::R_X86_64_32S : llvm::ELF::R_X86_64_NONE;
    case llvm::ELF::R_X86_64_DTPOFF64:
      return loaded ? llvm::ELF::R_X86_64_64 : llvm::ELF::R_X86_64_NONE;
    default:
      return std::nullopt;
  }
}

void rewrite(const Relocation& original, bool loaded, ByteView bytes, std::optional<Bytes>& copy) {
  const auto type = replacement(original.getType(false), loaded);
  if (!type) return;
  if (!copy) copy.emplace(bytes.begin(), bytes.end());
  const auto position = reinterpret_cast<const std::uint8_t*>(&original) - bytes.data();
  auto& relocation = *reinterpret_cast<Relocation*>(copy->data() + position);
  relocation.setType(*type, false);
  relocation.r_addend = relocation.r_addend + local_dynamic_mark;
}

}  // namespace

llvm::Expected<std::optional<Bytes>> rewrite_local_dynamic(const llvm::object::ELFObjectFileBase& file,
                                                           ByteView bytes) {
  std::optional<Bytes> copy;
  const auto* elf64 = llvm::dyn_cast<llvm::object::ELF64LEObjectFile>(&file);
  if (!elf64 || file.getEMachine() != llvm::ELF::EM_X86_64) return copy;
  const auto& elf = elf64->getELFFile();
  auto sections = elf.sections();
  if (!sections) return sections.takeError();
  for (const auto& section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_RELA || section.sh_info >= sections->size()) continue;
    const bool loaded = ((*sections)[section.sh_info].sh_flags & llvm::ELF::SHF_ALLOC) != 0;
    auto relocations = elf.relas(section);
    if (!relocations) return relocations.takeError();
    for (const auto& relocation : *relocations) rewrite(relocation, loaded, bytes, copy);
  }
  return copy;
}

}  // namespace dijitso::orc
