// Parses the key of an entry, which is its request text, for display. lib/jit/request/key.cpp writes it;
// docs/cache-format.md says what is in it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dijitso::cmdline {

// Name and value, as in the configuration file: "cpu", "x86-64"; "build.libs", "m z".
using KeyComponents = std::vector<std::pair<std::string, std::string>>;

// Returns the components in the order of the text. Malformed text becomes one last component with the name "?".
KeyComponents key_components(std::string_view request);

}  // namespace dijitso::cmdline
