// What is read of an object file before it is linked: that it is one, and what it needs.
// Tested in unittests/orc/session_test.cpp.
#pragma once

#include "support/bytes.h"

#include <string>
#include <vector>

namespace dijitso::orc {

struct UndefinedSymbol {
  std::string name;
  bool weak = false;  // may stay undefined: its address is null then
  bool thread_local_variable = false;
};

struct Object {
  SharedBytes bytes;  // what to link: the caller's, or a copy with other relocations (see tls_relocations.h)
  std::vector<UndefinedSymbol> undefined;
};

// `what` begins the message of the LinkFailed for anything but a relocatable ELF object for this processor.
Object read_object(const SharedBytes& bytes, const std::string& what);

}  // namespace dijitso::orc
