// Finds the undefined symbols of an object before it is linked. So no lock of the linker is held while the dynamic
// loader searches, and nothing has to be undone when a symbol is missing. Tested in unittests/orc/symbols_test.cpp.
#pragma once

#include "orc/host_libraries.h"
#include "orc/object.h"
#include "orc/tls.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dijitso::orc {

class Module;

struct Import {
  std::uintptr_t address = 0;
  std::optional<TlsVariable> variable;  // set for a thread-local variable
};

// By name; symbols that nothing defines are absent.
using Imports = std::unordered_map<std::string, Import>;

struct SearchOrder {
  std::vector<const Module*> dependencies;
  std::vector<const HostLibrary*> libraries;  // those of `libs`, then the process
};

Imports find_imports(const std::vector<UndefinedSymbol>& symbols, const SearchOrder& order);

}  // namespace dijitso::orc
