// A hash table with chains. Tested in unittests/orc/exports_test.cpp.
#include "orc/exports.h"

#include <bit>

namespace dijitso::orc {

Exports::Exports(const std::vector<Named>& symbols) : slots_(std::bit_ceil(symbols.size() + 1)) {
  std::size_t size = 0;
  for (const auto& [name, symbol] : symbols) size += name.size();
  names_.reserve(size);
  entries_.reserve(symbols.size());
  for (const auto& [name, symbol] : symbols) {
    std::uint32_t& slot = slots_[slot_of(name)];
    entries_.push_back({symbol, names_.size(), static_cast<std::uint32_t>(name.size()), slot});
    names_ += name;
    slot = static_cast<std::uint32_t>(entries_.size());
  }
}

const Export* Exports::find(std::string_view name) const {
  if (slots_.empty()) return nullptr;
  for (std::uint32_t number = slots_[slot_of(name)]; number != 0; number = entries_[number - 1].next) {
    const Entry& entry = entries_[number - 1];
    if (std::string_view(names_).substr(entry.name_begin, entry.name_size) == name) return &entry.symbol;
  }
  return nullptr;
}

}  // namespace dijitso::orc
