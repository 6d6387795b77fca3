// Precompiled headers as cache entries: they lie in pch/, beside obj/, and what is true of entries is true of them: one
// digest over all, headers recorded with their digests, variants in slots, damaged ones put aside. The object of such
// an entry holds no code, only sections with data. Pure: no I/O, no LLVM. Tested in
// unittests/cache/precompiled_test.cpp.
#pragma once

#include "support/bytes.h"

#include <dijitso/params.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

// The name of all these entries; what they are made of tells them apart.
inline constexpr const char* prelude_signature = "prelude";

// The parameters of a Store for the precompiled headers of this cache.
CacheParams params_of_precompiled(CacheParams cache);

// What a compiler needs to use precompiled headers; compile/compiler.h says what is in it.
struct PrecompiledParts {
  ByteView pch;
  std::vector<std::uint64_t> mentioned;
  std::vector<std::uint64_t> changed;
  std::string messages = {};
};

// An object with these parts, for encode().
Bytes write_precompiled(const PrecompiledParts& parts);

// The parts of a verified entry, which stays the owner of the bytes; nullopt when it is of another kind.
std::optional<PrecompiledParts> read_precompiled(ByteView entry);

}  // namespace dijitso::cache
