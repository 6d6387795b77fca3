// Identities that are like each other are neighbours in the map. Tested in unittests/jit/identities_test.cpp.

#include "jit/loaded/identities.h"

#include <algorithm>
#include <iterator>

namespace dijitso {

void Identities::add(const ModulePointer& module, const Digest& identity) {
  remove(*module, identity);
  modules_.emplace(identity, module);
  likenesses_.set(Peers::likeness(identity.bytes));
}

void Identities::remove(const Module& module, const Digest& identity) {
  const auto [begin, end] = modules_.equal_range(identity);
  const auto found = std::find_if(begin, end, [&](const auto& one) { return one.second.get() == &module; });
  if (found == end) return;
  const auto next = modules_.erase(found);
  const auto is_like = [&](const auto& one) {
    return Peers::likeness(one.first.bytes) == Peers::likeness(identity.bytes);
  };
  const bool others_are =
      (next != modules_.end() && is_like(*next)) || (next != modules_.begin() && is_like(*std::prev(next)));
  likenesses_.set(Peers::likeness(identity.bytes), others_are);
}

ModulePointer Identities::find(const Digest& identity) const {
  const auto after = modules_.upper_bound(identity);
  if (after == modules_.begin() || std::prev(after)->first != identity) return nullptr;
  return std::prev(after)->second;
}

}  // namespace dijitso
