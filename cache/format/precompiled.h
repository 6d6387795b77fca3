// Precompiled headers are cache entries in pch/, beside obj/. They have all properties of entries: one digest of the
// whole file, recorded digests of headers, variants in slots, quarantine for damaged files. The object of such an entry
// has no code, only sections with data. What is known of headers that are not precompiled is such an entry too. Pure:
// no I/O, no LLVM. Tested in unittests/cache/precompiled_test.cpp.
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

enum class HeaderState {
  usable,   // precompiled
  tried,    // precompiled for a module that they did not suit; only for which modules they do is kept
  seen,     // a module has parsed them; it pays to precompile them when a second one needs them
  refused,  // they cannot be precompiled as long as they do not change
  cheap     // they are too little text
};

// What a compiler needs to use precompiled headers; compile/header_plan.h describes the members.
struct PrecompiledParts {
  HeaderState state = HeaderState::usable;
  ByteView pch = {};                          // of usable headers
  std::vector<std::uint64_t> mentioned = {};  // of usable and tried ones
  std::vector<std::uint64_t> changed = {};    // the same
  std::string messages = {};                  // of usable ones; of refused ones, why they are
};

// An object with these parts, for encode().
Bytes write_precompiled(const PrecompiledParts& parts);

// The parts of a verified entry; nullopt when it is of another kind. The views point into `entry`.
std::optional<PrecompiledParts> read_precompiled(ByteView entry);

}  // namespace dijitso::cache
