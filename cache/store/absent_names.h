// What the compiler looked for and did not find: a header that appears there later may be found before the one that was
// read, or be what __has_include asked for.
//
// Records which names were missing in directories that exist. For "/d/boost/any.hpp" this is only "boost" in /d when /d
// has no "boost". A directory with an unchanged modification time has no new names, so a lookup checks each directory
// once.
#pragma once

#include "cache/format/entry.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dijitso::cache {

// Describes these paths, which a compiler that began at `began_ns` (system clock) looked for and did not find. Relative
// ones start at the current directory.
std::vector<AbsentNames> describe_absent(const std::vector<std::string>& paths, std::int64_t began_ns);

// The path of a name.
std::string path_of(const AbsentNames& absent, const std::string& name);

// The paths of those names that are there now.
std::vector<std::string> appeared(const AbsentNames& absent);

// The paths of all names.
std::vector<std::string> paths_of(const std::vector<AbsentNames>& all);

}  // namespace dijitso::cache
