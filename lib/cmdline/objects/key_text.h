// The key of an entry, its request text, taken apart for people. lib/jit/request/key.cpp writes it;
// docs/cache-format.md says what is in it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dijitso::cmdline {

// Name and value, as the configuration file would have it: "cpu", "x86-64"; "build.libs", "m z".
using KeyComponents = std::vector<std::pair<std::string, std::string>>;

// In the order of the text. What does not follow the grammar is one last component with the name "?".
KeyComponents key_components(std::string_view request);

}  // namespace dijitso::cmdline
