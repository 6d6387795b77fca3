// Identifies the build of LLVM: the name that its package gives it, or else the build id of its shared library
// (revision.cmake, CMakeLists.txt). For a static LLVM it is recorded when dijitso is built. For a shared one it is read
// at run time, because the library may be replaced. Tested in unittests/llvm-config/host_test.cpp.

#include "llvm-config/host.h"

#include "llvm-config/computed.h"

#ifdef DIJITSO_LLVM_REVISION

namespace dijitso::llvm_config {

const std::string& llvm_revision() {
  static constinit Computed<std::string> revision;
  return revision.get([] { return std::string(DIJITSO_LLVM_REVISION); });
}

}  // namespace dijitso::llvm_config

#else

#include <elf.h>

#include <cstring>
#include <fstream>
#include <optional>

namespace dijitso::llvm_config {
namespace {

template <class T>
bool read_at(std::ifstream& file, std::uint64_t offset, T& value) {
  file.seekg(static_cast<std::streamoff>(offset));
  return static_cast<bool>(file.read(reinterpret_cast<char*>(&value), sizeof value));
}

// The GNU build id of a shared library as hexadecimal digits.
std::optional<std::string> build_id(const std::filesystem::path& library) {
  std::ifstream file(library, std::ios::binary);
  Elf64_Ehdr header{};
  if (!read_at(file, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    if (!read_at(file, header.e_phoff + i * sizeof segment, segment)) return std::nullopt;
    if (segment.p_type != PT_NOTE || segment.p_filesz > 4096) continue;
    std::string notes(segment.p_filesz, '\0');
    file.seekg(static_cast<std::streamoff>(segment.p_offset));
    if (!file.read(notes.data(), static_cast<std::streamsize>(notes.size()))) return std::nullopt;
    for (std::size_t at = 0; at + sizeof(Elf64_Nhdr) <= notes.size();) {
      Elf64_Nhdr note{};
      std::memcpy(&note, notes.data() + at, sizeof note);
      const std::size_t name = at + sizeof note;
      const std::size_t content = name + ((std::size_t{note.n_namesz} + 3) & ~std::size_t{3});
      const std::size_t next = content + ((std::size_t{note.n_descsz} + 3) & ~std::size_t{3});
      if (next > notes.size()) break;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && notes.compare(name, 3, "GNU") == 0) {
        std::string hex;
        for (std::size_t k = content; k < content + note.n_descsz; ++k) {
          constexpr std::string_view digits = "0123456789abcdef";
          const auto byte = static_cast<unsigned char>(notes[k]);
          hex += digits[byte >> 4];
          hex += digits[byte & 15];
        }
        return hex;
      }
      at = next;
    }
  }
  return std::nullopt;
}

std::string find_revision() {
  const std::filesystem::path configured = DIJITSO_LIBLLVM;
  const std::filesystem::path own = own_directory();
  std::optional<std::string> id;
  if (!own.empty()) id = build_id(own / configured.filename());
  if (!id) id = build_id(configured);
  constexpr std::string_view known_id = DIJITSO_KNOWN_BUILD_ID, known_revision = DIJITSO_KNOWN_REVISION;
  if (!known_revision.empty() && id == known_id) return std::string(known_revision);
  return id.value_or("unknown");
}

}  // namespace

const std::string& llvm_revision() {
  static constinit Computed<std::string> revision;
  return revision.get(find_revision);
}

}  // namespace dijitso::llvm_config

#endif
