// The sections of an object that are loaded, in groups of those that may become one section.
//
// Compilers give each inline function and template a section with a name of its own, and JITLink does work for each
// section and each name. Tested in unittests/orc/linker_work_test.cpp.
#pragma once

#include <llvm/ADT/StringRef.h>
#include <llvm/Object/ELF.h>
#include <llvm/Support/Error.h>

#include <cstdint>
#include <vector>

namespace dijitso::orc {

using ElfFile = llvm::object::ELFFile<llvm::object::ELF64LE>;

// The name of the group with the unwind tables. JITLink does not know it, and so does not cut them into one part for
// each function.
inline constexpr const char* frames_section = "eh_frame";

struct SectionGroup {
  struct Member {
    std::uint32_t number;   // in the section table
    std::uint64_t address;  // in a layout of all sections, one group after the other
  };

  llvm::StringRef name;  // points into the object, or to a literal
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t alignment = 1;
  std::vector<Member> members;  // in the order of the section table
  std::uint64_t address = 0;
  std::uint64_t size = 0;

  bool is_thread_local() const { return flags & llvm::ELF::SHF_TLS; }
  bool has_content() const { return type != llvm::ELF::SHT_NOBITS; }
};

// No two groups have the same address, and none has the address 0.
llvm::Expected<std::vector<SectionGroup>> group_sections(const ElfFile& file);

}  // namespace dijitso::orc
