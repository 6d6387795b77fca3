// Limits the size of the precompiled headers in a cache directory; those that were used longest ago are removed first.
//
// Only files with names of dijitso are removed, and only in a directory that belongs to the user. Other processes may
// use the cache meanwhile: one that has read a file keeps its bytes, and a removed file is a miss. Thread-safety: all
// functions may be called from any thread.
#pragma once

#include "cache/format/layout.h"

#include <dijitso/params.h>

#include <cstdint>
#include <optional>

namespace dijitso::cache {

// Enough for thirty programs with headers as large as DOLFIN's.
inline constexpr std::uint64_t most_precompiled_bytes = std::uint64_t{1} << 30;

struct Pruned {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

// Removes precompiled headers until those of this cache have at most `most_bytes`; returns what was removed. The one in
// the slot `keep` always stays. Never throws: files that cannot be removed stay.
Pruned prune_precompiled(const CacheParams& cache, const std::optional<Slot>& keep = std::nullopt,
                         std::uint64_t most_bytes = most_precompiled_bytes) noexcept;

}  // namespace dijitso::cache
