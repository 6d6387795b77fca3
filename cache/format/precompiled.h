// Precompiled headers are cache entries in pch/, beside obj/. They have all properties of entries: one digest of the
// whole file, recorded digests of headers, variants in slots, quarantine for damaged files. The object of such an entry
// has no code, only sections with data. Pure: no I/O, no LLVM. Tested in unittests/cache/precompiled_test.cpp.
#pragma once

#include "support/bytes.h"

#include <dijitso/params.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::cache {

// The signature of all these entries; their slots distinguish them.
inline constexpr const char* prelude_signature = "prelude";

// The parameters of a Store for the precompiled headers of this cache.
CacheParams params_of_precompiled(CacheParams cache);

// What a compiler needs to use precompiled headers; compile/compiler.h describes the members.
struct PrecompiledParts {
  ByteView pch;
  std::vector<std::uint64_t> mentioned;
  std::vector<std::uint64_t> changed;
  std::string messages = {};
};

// An object with these parts, for encode().
Bytes write_precompiled(const PrecompiledParts& parts);

// The parts of a verified entry; nullopt when it is of another kind. The views point into `entry`.
std::optional<PrecompiledParts> read_precompiled(ByteView entry);

}  // namespace dijitso::cache
