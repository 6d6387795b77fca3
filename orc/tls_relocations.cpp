// Changes only relocation entries, in place, so the layout of the file stays. Tested in
// unittests/orc/thread_local_test.cpp.
#include "orc/tls_relocations.h"

#include <optional>

namespace dijitso::orc {

namespace {

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

}  // namespace

void rewrite_local_dynamic(llvm::object::ELF64LE::Rela& relocation, bool loaded) {
  const auto type = replacement(relocation.getType(false), loaded);
  if (!type) return;
  relocation.setType(*type, false);
  relocation.r_addend = relocation.r_addend + local_dynamic_mark;
}

}  // namespace dijitso::orc
