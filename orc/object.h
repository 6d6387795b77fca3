// What is read of an object file before it is linked: that it is one, and what it needs.
// Tested in unittests/orc/session_test.cpp.
#pragma once

#include "support/bytes.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dijitso::orc {

struct UndefinedSymbol {
  std::string name;
  bool weak = false;  // may stay undefined: its address is null then
  bool thread_local_variable = false;
};

// As special_symbols.h explains them.
struct NumberSymbol {
  std::string name;
  std::uint64_t value = 0;
  bool exported = false;
};

// A function that is chosen by its resolver, and where that lies in its section.
struct ChosenFunction {
  std::string name;
  std::uint64_t offset = 0;
};

struct Object {
  // What to link: the caller's, or a copy with other relocations (tls_relocations.h) or symbols (special_symbols.h).
  SharedBytes bytes;
  std::vector<UndefinedSymbol> undefined;
  std::vector<ChosenFunction> chosen_functions = {};
  std::vector<NumberSymbol> numbers = {};
};

// `what` begins the message of the LinkFailed for anything but a relocatable ELF object for this processor.
Object read_object(const SharedBytes& bytes, const std::string& what);

}  // namespace dijitso::orc
