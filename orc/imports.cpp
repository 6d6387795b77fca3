// Searches each symbol in the order that session.h defines. Tested in unittests/orc/symbols_test.cpp.
#include "orc/imports.h"

#include "orc/module.h"
#include "orc/runtime_helpers.h"
#include "orc/runtime_symbols.h"

namespace dijitso::orc {

namespace {

std::optional<Import> from_module(const Module& module, const std::string& name) {
  const auto* found = module.code().exports.find(name);
  if (!found) return std::nullopt;
  if (!found->thread_local_variable) return Import{found->value, std::nullopt};
  return Import{0, TlsVariable{&module.code().tls, found->value}};
}

std::optional<Import> from_library(const HostLibrary& library, const UndefinedSymbol& symbol) {
  const void* address = library.find(symbol.name);
  if (!address) return std::nullopt;
  if (!symbol.thread_local_variable) return Import{reinterpret_cast<std::uintptr_t>(address), std::nullopt};
  // dlsym() returned the address of this thread's instance.
  const auto variable = host_tls_variable(address);
  return variable ? std::optional(Import{0, variable}) : std::nullopt;
}

std::optional<Import> find_import(const UndefinedSymbol& symbol, const SearchOrder& order) {
  if (void* ours = runtime_symbol(symbol.name)) return Import{reinterpret_cast<std::uintptr_t>(ours), std::nullopt};
  for (const auto* module : order.dependencies) {
    if (auto import = from_module(*module, symbol.name)) return import;
  }
  for (const auto* library : order.libraries) {
    if (auto import = from_library(*library, symbol)) return import;
  }
  if (void* helper = runtime_helper(symbol.name)) return Import{reinterpret_cast<std::uintptr_t>(helper), std::nullopt};
  return std::nullopt;
}

}  // namespace

Imports find_imports(const std::vector<UndefinedSymbol>& symbols, const SearchOrder& order) {
  Imports result;
  for (const auto& symbol : symbols) {
    if (const auto import = find_import(symbol, order)) result.emplace(symbol.name, *import);
  }
  return result;
}

}  // namespace dijitso::orc
