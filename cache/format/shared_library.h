// A shared library derived from an entry: an ordinary ELF file, which the dynamic loader and all tools can open,
// followed by a footer with its origin and a digest of every byte. Pure. docs/cache-format.md specifies it; tested in
// unittests/cache/shared_library_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/hash.h"

#include <optional>
#include <string>

namespace dijitso::cache {

// The digest of all that determines the library of an entry: its identity, the SONAME, and whether it is a Python
// extension.
Digest origin_of_library(const Digest& identity, const std::string& soname, bool for_python);

// Appends the footer to the library.
Bytes stamp_library(Bytes library, const Digest& origin);

// The origin of a stamped library; nullopt when it has no stamp, is damaged, or another version of dijitso made it.
std::optional<Digest> library_origin(ByteView bytes);

// Why library_origin returns nullopt, for messages; `bytes` must begin like an ELF64 file.
std::string fault_of_library(ByteView bytes);

}  // namespace dijitso::cache
