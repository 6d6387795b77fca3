// Names by which a module's symbols are told from all others of a process.
//
// The dynamic loader binds a name to the first definition in the process: a dependency that defines `gamma` would be
// passed over for the C library's. So each exported symbol of a module has a second name, `gamma.<SONAME>`, and who
// depends on the module refers to that one. The first name stays, for dlsym and other programs. Pure: bytes in, bytes
// out. Tested in unittests/export/unique_names_test.cpp.
#pragma once

#include "support/bytes.h"

#include <string>
#include <vector>

namespace dijitso::exporter {

// A module's shared library, with the SONAME that it was linked with.
struct NamedLibrary {
  std::string soname;
  ByteView content;
};

// The relocatable object with second names for `soname` on what it exports. What it lacks and one of `dependencies` has
// gets the second name there: of the first that has it. An object that is not well-formed ELF64 comes back unchanged.
Bytes with_unique_names(ByteView object, const std::string& soname, const std::vector<NamedLibrary>& dependencies);

}  // namespace dijitso::exporter
