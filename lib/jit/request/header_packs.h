// The header packs of a request: their files, and the names that they give to directories.
#pragma once

#include "support/packs/header_pack.h"

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// In build.header_packs, this means the pack that was installed with the library. It may be missing.
inline constexpr std::string_view default_header_pack = "default";

// The path of the installed pack.
std::string default_header_pack_path();

// Opens each file once and keeps it open until the process ends, even if the file is replaced or removed. Thread-safe.
// CacheError for a pack that cannot be used.
HeaderPacks open_header_packs(const std::vector<std::string>& names);

// The names under which the compiler finds a directory, one for each pack that contains it; empty when none does.
std::vector<std::string> packed_names(const HeaderPacks& packs, const std::string& directory);

// Replaces the name of a packed directory at the end of a word by the path that the directory had when it was packed.
std::string unpacked_names(const HeaderPacks& packs, std::string word);

}  // namespace dijitso
