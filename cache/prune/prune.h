// Keeps a cache directory small: what grows without bound is removed, what was used longest ago first.
//
// Only files with names of our own are removed, and only in a directory that belongs to the user. Other processes may
// use, publish and remove files meanwhile: who has read a file goes on with its bytes, and one that is gone is a miss.
// Thread-safety: all functions may be called from any thread.
#pragma once

#include "cache/format/layout.h"

#include <dijitso/params.h>

#include <cstdint>
#include <optional>

namespace dijitso::cache {

// As much as thirty programs with headers like DOLFIN's.
inline constexpr std::uint64_t most_precompiled_bytes = std::uint64_t{1} << 30;

struct Pruned {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

// Removes precompiled headers until those of this cache are at most `most_bytes`; says what was removed. The one in the
// slot `keep` stays in any case. Never throws: what cannot be removed stays.
Pruned prune_precompiled(const CacheParams& cache, const std::optional<Slot>& keep = std::nullopt,
                         std::uint64_t most_bytes = most_precompiled_bytes) noexcept;

}  // namespace dijitso::cache
