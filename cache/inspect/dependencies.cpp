// Walks breadth first, so that the first path found is a shortest one. Tested in unittests/cache/dependencies_test.cpp.
#include "cache/inspect/dependencies.h"

#include <algorithm>
#include <set>

namespace dijitso::cache {
namespace {

using Variants = std::vector<const Variant*>;

// The dependents of each variant in the cache.
std::map<const Variant*, Variants> dependents(Catalog& catalog) {
  std::map<const Variant*, Variants> result;
  for (const Variant* variant : catalog.all())
    for (const Dependency& dependency : variant->dependencies)
      if (const Variant* needed = catalog.find(dependency)) result[needed].push_back(variant);
  return result;
}

}  // namespace

DependencyGraph dependency_graph(Catalog& catalog, const Variants& roots, bool reverse) {
  const std::map<const Variant*, Variants> up = reverse ? dependents(catalog) : std::map<const Variant*, Variants>();
  DependencyGraph graph;
  graph.roots = graph.order = roots;
  std::set<const Variant*> reached(roots.begin(), roots.end());
  for (std::size_t i = 0; i < graph.order.size(); ++i) {
    const Variant* const current = graph.order[i];
    Variants& next = graph.next[current];
    if (reverse) {
      if (const auto found = up.find(current); found != up.end()) next = found->second;
    } else {
      for (const Dependency& dependency : current->dependencies) {
        if (const Variant* needed = catalog.find(dependency))
          next.push_back(needed);
        else
          graph.missing[current].push_back(dependency);
      }
    }
    for (const Variant* variant : next)
      if (reached.insert(variant).second) graph.order.push_back(variant);
  }
  return graph;
}

Variants dependency_path(Catalog& catalog, const Variants& from, const Variants& to) {
  const DependencyGraph graph = dependency_graph(catalog, from, false);
  std::map<const Variant*, const Variant*> reached_from;
  for (const Variant* variant : graph.order) {
    if (std::ranges::find(to, variant) != to.end()) {
      Variants path = {variant};
      for (auto step = reached_from.find(variant); step != reached_from.end(); step = reached_from.find(path.back()))
        path.push_back(step->second);
      std::ranges::reverse(path);
      return path;
    }
    for (const Variant* next : graph.next.at(variant))
      if (std::ranges::find(graph.roots, next) == graph.roots.end()) reached_from.emplace(next, variant);
  }
  return {};
}

}  // namespace dijitso::cache
