// Gives a module's symbols names that are unique in a process.
//
// The dynamic loader binds a name to the first definition in the process, so `gamma` of a dependency could be bound to
// the C library's function. So each exported symbol of a module gets a second name, `gamma.<SONAME>`, and dependent
// modules use that name. The first name remains for dlsym and other programs. Pure functions on bytes. Tested in
// unittests/export/unique_names_test.cpp.
#pragma once

#include "support/bytes.h"

#include <string>
#include <vector>

namespace dijitso::exporter {

// The shared library of a module, with the SONAME with which it was linked.
struct NamedLibrary {
  std::string soname;
  ByteView content;
};

// Returns the relocatable object with second names, made with `soname`, for its exported symbols. An undefined symbol
// that one of `dependencies` defines gets the second name of the first such library. Returns an object that is not
// well-formed ELF64 unchanged.
Bytes with_unique_names(ByteView object, const std::string& soname, const std::vector<NamedLibrary>& dependencies);

// The symbols that others have to define for the object, but weak ones. Empty for an object that is not well-formed.
std::vector<std::string> needed_symbols(ByteView object);

}  // namespace dijitso::exporter
