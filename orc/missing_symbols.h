// The error for undefined symbols: which module needs them, where they were searched, and which other module defines
// them. Tested in unittests/orc/missing_symbols_test.cpp.
#pragma once

#include <dijitso/error.h>

#include <optional>
#include <string>
#include <vector>

namespace dijitso::orc {

struct MissingSymbol {
  std::string name;                     // demangled
  std::optional<std::string> provider;  // another loaded module that defines it
};

// `symbols` must not be empty.
LinkFailed missing_symbols(const std::string& module, const std::vector<MissingSymbol>& symbols,
                           const std::vector<std::string>& dependencies, const std::vector<std::string>& libs);

}  // namespace dijitso::orc
