// Which modules a module depends on, which depend on it, and through which chain. Reads only through the catalog.
// Tested in unittests/cache/dependencies_test.cpp.
#pragma once

#include "cache/inspect/catalog.h"

#include <map>
#include <string>
#include <vector>

namespace dijitso::cache {

// Variants that were reached from `roots`, each with its neighbours; every reached variant is a key of `next`.
struct DependencyGraph {
  std::vector<const Variant*> roots;
  std::map<const Variant*, std::vector<const Variant*>> next;
  std::map<const Variant*, std::vector<Dependency>> missing;  // dependencies that are not in the cache
  std::vector<const Variant*> order;  // the keys in the order in which they were reached, roots first
};

// All direct and indirect dependencies of these variants or, with `reverse`, all their dependents in the cache.
DependencyGraph dependency_graph(Catalog& catalog, const std::vector<const Variant*>& roots, bool reverse);

// A shortest chain of dependencies from a variant of `from` to one of `to`; empty when there is none.
std::vector<const Variant*> dependency_path(Catalog& catalog, const std::vector<const Variant*>& from,
                                            const std::vector<const Variant*>& to);

}  // namespace dijitso::cache
