// What the compiler looked for and did not find: a header that appears there later may be found before the one that was
// read, or be what __has_include asked for.
//
// Kept are the names that were not there in directories that were: of "/d/boost/any.hpp" only that /d has no "boost",
// when it has none. A directory that was not touched since has no new names, so a lookup looks at each directory once.
#pragma once

#include "cache/format/entry.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dijitso::cache {

// Describes what a compiler, which began at `began_ns` (of the system clock), sought in vain under these absolute
// paths.
std::vector<AbsentNames> describe_absent(const std::vector<std::string>& paths, std::int64_t began_ns);

// The path of a name.
std::string path_of(const AbsentNames& absent, const std::string& name);

// The paths of those names that are there now.
std::vector<std::string> appeared(const AbsentNames& absent);

// The paths of all names.
std::vector<std::string> paths_of(const std::vector<AbsentNames>& all);

}  // namespace dijitso::cache
