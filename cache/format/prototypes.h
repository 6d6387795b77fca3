// The section of an entry with the types of what the module exports. Pure. docs/cache-format.md specifies it.
#pragma once

#include <dijitso/prototypes.h>

#include <string_view>

namespace dijitso::cache {

// Reads the text that the compiler wrote. Lines of other kinds, and malformed ones, are passed over, so that later
// versions can add to them. Never throws on any text.
Prototypes read_prototypes(std::string_view text);

}  // namespace dijitso::cache
