// What a module needs, what needs it, and why one needs another. Pure, but for what the catalog reads.
// Tested in unittests/cache/dependencies_test.cpp.
#pragma once

#include "cache/inspect/catalog.h"

#include <map>
#include <string>
#include <vector>

namespace dijitso::cache {

// Variants by where they were reached from `roots`; every one that was reached is a key.
struct DependencyGraph {
  std::vector<const Variant*> roots;
  std::map<const Variant*, std::vector<const Variant*>> next;
  std::map<const Variant*, std::vector<Dependency>> missing;  // needed, and not in the cache
  std::vector<const Variant*> order;                          // the keys, as they were reached, roots first
};

// All that these variants need, or, in reverse, all of the cache that need them.
DependencyGraph dependency_graph(Catalog& catalog, const std::vector<const Variant*>& roots, bool reverse);

// A shortest way from one of these variants to one of those, along what is needed; empty when there is none.
std::vector<const Variant*> dependency_path(Catalog& catalog, const std::vector<const Variant*>& from,
                                            const std::vector<const Variant*>& to);

}  // namespace dijitso::cache
