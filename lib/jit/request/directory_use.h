// Whether the object of a compiler command depends on the current directory. Two checkouts of one project share their
// objects when it does not. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// The flags of a command as the key has them that holds in all directories; nullopt when they show that the object is
// for this directory only: with debug information that names it, or when a flag has it in its value.
std::optional<std::vector<std::string>> flags_for_all_directories(const std::vector<std::string>& flags,
                                                                  const std::string& directory);

// The directories that flags such as -ffile-prefix-map= replace in what the compiler writes.
std::vector<std::string_view> mapped_directories(const std::vector<std::string>& flags);

}  // namespace dijitso
