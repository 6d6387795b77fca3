// What the dynamic linker is told by an ELF64 file: which libraries it needs and where to look for them. Every offset
// is checked before it is used; only the parts that matter are read. Tested in unittests/support/elf_dynamic_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dijitso {

struct ElfDynamic {
  std::uint16_t machine = 0;
  std::string soname;
  std::vector<std::string> needed;
  std::vector<std::string> rpath;  // DT_RPATH and DT_RUNPATH, split at ':', as they are in the file
  std::vector<std::string> runpath;

  bool operator==(const ElfDynamic&) const = default;
};

// nullopt for a file that is no well-formed little-endian ELF64 program or shared library. FileError when it cannot be
// read.
std::optional<ElfDynamic> read_elf_dynamic(const std::filesystem::path& file);

}  // namespace dijitso
