// Reads an object file before it is linked: checks its format and finds its undefined symbols. Tested in
// unittests/orc/session_test.cpp.
#pragma once

#include "support/bytes.h"

#include <cstdint>
#include <string>
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

struct Object {
  SharedBytes original;
  // A copy for JITLink, with changed relocations (tls_relocations.h), symbols (special_symbols.h) and sections
  // (prepare_sections.h) at the same places.
  Bytes bytes;
  bool has_debug_info = false;
  std::vector<UndefinedSymbol> undefined = {};
  std::vector<ChosenFunction> chosen_functions = {};
  std::vector<NumberSymbol> numbers = {};
};

// Throws LinkFailed for anything else than a relocatable ELF object for this processor. Its message begins with `what`.
Object read_object(const SharedBytes& bytes, const std::string& what);

}  // namespace dijitso::orc
