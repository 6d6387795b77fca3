// The header packs of a request: which files they are, and what they make of the names of directories.
#pragma once

#include "support/packs/header_pack.h"

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// Stands in build.header_packs for the pack that was installed with the library, which may be missing.
inline constexpr std::string_view default_header_pack = "default";

// Where that is.
std::string default_header_pack_path();

// Opens each file once in a process, which keeps it: the same pack serves until the process ends, whatever becomes of
// the file. Thread-safe. CacheError for a pack that cannot be used.
HeaderPacks open_header_packs(const std::vector<std::string>& names);

// The names that a directory has for the compiler, in each of the packs that it was packed in; empty when it is in
// none.
std::vector<std::string> packed_names(const HeaderPacks& packs, const std::string& directory);

// A word of a command with the directories in it as they were called where they were packed.
std::string unpacked_names(const HeaderPacks& packs, std::string word);

}  // namespace dijitso
