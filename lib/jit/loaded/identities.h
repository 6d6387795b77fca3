// The compiled modules of one namespace by their identities, so that what other processes have can be compared with
// what is in memory without looking at each module. Not thread-safe: part of Memory.
#pragma once

#include "jit/loaded/module.h"
#include "support/hash.h"

#include <dijitso/peers.h>

#include <map>

namespace dijitso {

class Identities {
 public:
  // Adds a module, or makes it the last one of equal ones.
  void add(const ModulePointer& module, const Digest& identity);
  void remove(const Module& module, const Digest& identity);

  // The one that was added last; nullptr when there is none.
  ModulePointer find(const Digest& identity) const;

  const Peers::Likenesses& likenesses() const { return likenesses_; }

 private:
  std::multimap<Digest, ModulePointer> modules_;
  Peers::Likenesses likenesses_;
};

}  // namespace dijitso
