// Reads the dynamic table of an ELF64 file: which libraries it needs and where the dynamic linker must search them.
// Every offset is checked before use; only the needed parts are read. Tested in unittests/support/elf_dynamic_test.cpp.
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
  std::vector<std::string> rpath;  // entries of DT_RPATH and DT_RUNPATH as they are in the file
  std::vector<std::string> runpath;

  bool operator==(const ElfDynamic&) const = default;
};

// Returns nullopt for a file that is not a well-formed little-endian ELF64 program or shared library. Throws FileError
// when the file cannot be read.
std::optional<ElfDynamic> read_elf_dynamic(const std::filesystem::path& file);

}  // namespace dijitso
