// Reads an object file before it is linked: checks its format, and finds its undefined symbols and its sections. Tested
// in unittests/orc/session_test.cpp.
#pragma once

#include "orc/section_groups.h"
#include "support/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::orc {

struct UndefinedSymbol {
  std::string name;
  bool weak = false;  // may stay undefined; its address is then null
  bool thread_local_variable = false;
};

// An absolute symbol; see special_symbols.h.
struct NumberSymbol {
  std::string name;
  std::uint64_t value = 0;
  bool exported = false;
};

// A function that is chosen by its resolver (ifunc), and the resolver's offset in its section.
struct ChosenFunction {
  std::string name;
  std::uint64_t offset = 0;
};

// What partial_link.h leaves for the time when addresses are known. A place is an offset in a group of sections, which
// is one section of the partly linked object.
struct PartialLink {
  enum class Width { relative32, relative64, absolute64 };
  struct Relocation {
    std::uint64_t offset = 0;
    std::int64_t target_offset = 0;  // with the addend
    std::uint32_t group = 0;
    std::uint32_t target_group = 0;
    Width width = Width::relative32;
  };
  struct Export {
    std::string_view name;  // points into the original object
    std::uint64_t offset = 0;
    std::uint32_t group = 0;
  };

  bool done = false;
  std::vector<Relocation> relocations = {};
  std::vector<Export> exports = {};
};

struct Object {
  SharedBytes original;
  std::vector<SectionGroup> groups = {};
  bool has_debug_info = false;
  std::vector<UndefinedSymbol> undefined = {};
  std::vector<ChosenFunction> chosen_functions = {};
  std::vector<NumberSymbol> numbers = {};
  // What JITLink gets: a prepared copy (prepare_sections.h), or a partly linked object (partial_link.h).
  Bytes bytes = {};
  PartialLink partial = {};
};

llvm::Expected<ElfFile> parse_elf(ByteView bytes);

// Whether other modules can see the symbol.
bool is_exported(const ElfFile::Elf_Sym& symbol);

// Throws LinkFailed for anything else than a relocatable ELF object for this processor. Its message begins with `what`.
// JITLink gets nothing yet.
Object read_object(const SharedBytes& bytes, const std::string& what);

}  // namespace dijitso::orc
