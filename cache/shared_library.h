// A shared library derived from an entry: an ordinary ELF file, which the dynamic loader and every tool open, with a
// footer behind it that says what it was made from and covers every byte. Pure. docs/cache-format.md specifies it;
// tested in unittests/cache/shared_library_test.cpp.
#pragma once

#include "support/bytes.h"
#include "support/hash.h"

#include <optional>

namespace dijitso::cache {

// The library with the footer behind it. `origin` is the digest of all that determines the library.
Bytes stamp_library(Bytes library, const Digest& origin);

// The origin of a stamped library; nullopt when it has no stamp, is damaged, or another version of dijitso made it.
std::optional<Digest> library_origin(ByteView bytes);

}  // namespace dijitso::cache
