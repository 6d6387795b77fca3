#include "cache/inspect/dependencies.h"

#include "unittests/cache/module_graph.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

using Names = std::vector<std::string>;

Names names(const std::vector<const Variant*>& variants) {
  Names result;
  for (const Variant* variant : variants) result.push_back(variant->signature);
  return result;
}

// top needs left and right, which need base; left needs more, too.
struct Diamond : ModuleGraph {
  Diamond() {
    add("base");
    add("more");
    add("left", {"base", "more"});
    add("right", {"base"});
    add("top", {"left", "right"});
  }
};

}  // namespace

TEST_CASE("what a module needs, and what needs it", "[dependencies]") {
  Diamond graph;
  Catalog catalog(graph.params);
  const DependencyGraph down = dependency_graph(catalog, catalog.find("top"), false);
  CHECK(names(down.order) == Names{"top", "left", "right", "base", "more"});
  CHECK(names(down.next.at(catalog.find("left")[0])) == Names{"base", "more"});
  CHECK(down.missing.empty());
  const DependencyGraph up = dependency_graph(catalog, catalog.find("base"), true);
  CHECK(names(up.order) == Names{"base", "left", "right", "top"});
  CHECK(dependency_graph(catalog, catalog.find("top"), true).order.size() == 1);
  CHECK(dependency_graph(catalog, {}, false).order.empty());
}

TEST_CASE("what is needed and not there is told", "[dependencies]") {
  Diamond graph;
  fs::remove(graph.file("left"));
  Catalog catalog(graph.params);
  const DependencyGraph down = dependency_graph(catalog, catalog.find("top"), false);
  CHECK(names(down.order) == Names{"top", "right", "base"});
  CHECK(down.missing.at(catalog.find("top")[0]).at(0).signature == "left");
}

TEST_CASE("a shortest way from one module to another", "[dependencies]") {
  Diamond graph;
  graph.add("long", {"top", "base"});
  Catalog catalog(graph.params);
  const auto way = [&](const char* from, const char* to) {
    return names(dependency_path(catalog, catalog.find(from), catalog.find(to)));
  };
  CHECK(way("top", "more") == Names{"top", "left", "more"});
  CHECK(way("long", "base") == Names{"long", "base"});
  CHECK(way("top", "top") == Names{"top"});
  CHECK(way("base", "top").empty());
}
