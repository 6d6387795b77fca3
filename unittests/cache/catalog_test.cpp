#include "cache/inspect/catalog.h"

#include "unittests/cache/module_graph.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::vector<std::string> names(const std::vector<const Variant*>& variants) {
  std::vector<std::string> result;
  for (const Variant* variant : variants) result.push_back(variant->signature);
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a catalog has the variants and what they need", "[catalog]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  Catalog catalog(graph.params);
  CHECK(catalog.files() == 2);
  const auto found = catalog.find("b");
  REQUIRE(found.size() == 1);
  CHECK(found[0]->identity == graph.entries.at("b").identity());
  CHECK(found[0]->bytes == fs::file_size(found[0]->file));
  REQUIRE(found[0]->dependencies.size() == 1);
  CHECK(catalog.find(found[0]->dependencies[0]) == catalog.find("a")[0]);
  CHECK(catalog.find(found[0]->name()) == found);
  CHECK(catalog.find("b.0123456789abcdef").empty());
  CHECK(catalog.find("c").empty());
  CHECK(catalog.find(Dependency{"a", {}, {}, blake3("another")}) == nullptr);
  CHECK(names(catalog.all()) == Names{"a", "b"});
}

TEST_CASE("a catalog reads what is asked for, and tells what cannot be used", "[catalog]") {
  ModuleGraph graph;
  graph.add("a");
  const fs::path damaged = graph.add("b");
  write_text(damaged, read_text(damaged).substr(10));
  fs::copy_file(graph.file("a"), graph.file("a").parent_path() / "c.0123456789abcdef.o");
  write_text(graph.file("a").parent_path() / "notes", "no entry");
  Catalog catalog(graph.params);
  CHECK(catalog.find("a").size() == 1);
  CHECK(catalog.unusable().empty());
  CHECK(names(catalog.all()) == Names{"a"});
  REQUIRE(catalog.unusable().size() == 2);
  CHECK(catalog.unusable()[0].file == damaged);
  CHECK(catalog.unusable()[0].state == EntryState::damaged);
  CHECK_THAT(catalog.unusable()[1].reason, Contains("its name is wrong"));
  CHECK(fs::exists(damaged));
}

TEST_CASE("a catalog hears of progress", "[catalog]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b");
  std::vector<std::size_t> heard;
  Catalog(graph.params).all([&](std::size_t done, std::size_t all) {
    CHECK(all == 2);
    heard.push_back(done);
  });
  CHECK(heard == std::vector<std::size_t>{1, 2});
}

TEST_CASE("read-only directories give what is needed, and are not listed", "[catalog]") {
  ModuleGraph site, graph;
  site.add("a");
  graph.entries = site.entries;
  graph.add("b", {"a"});
  graph.params.readonly_dirs = {site.params.cache_dir};
  Catalog catalog(graph.params);
  CHECK(catalog.files() == 1);
  CHECK(names(catalog.all()) == Names{"b"});
  std::vector<std::string> missing;
  CHECK(names(closure(catalog, catalog.find("b"), missing)) == Names{"a", "b"});
  CHECK_FALSE(catalog.find("a").front()->is_own);
}

TEST_CASE("the closure has dependencies first, each once", "[catalog]") {
  ModuleGraph graph;
  graph.add("z");
  graph.add("left", {"z"});
  graph.add("right", {"z"});
  graph.add("top", {"left", "right"});
  graph.add("alone");
  Catalog catalog(graph.params);
  std::vector<std::string> missing;
  CHECK(names(closure(catalog, catalog.find("top"), missing)) == Names{"z", "right", "left", "top"});
  CHECK(closure(catalog, catalog.all(), missing).size() == 5);
  CHECK(missing.empty());
  fs::remove(graph.file("left"));
  Catalog less(graph.params);
  CHECK(names(closure(less, less.find("top"), missing)) == Names{"z", "right"});
  REQUIRE(missing.size() == 1);
  CHECK_THAT(missing[0], Contains("'top.") && Contains("a variant of 'left' that is not in the cache"));
}

TEST_CASE("a long chain of dependencies is no deep recursion", "[catalog]") {
  ModuleGraph graph;
  graph.add("m0");
  for (int i = 1; i < 3000; ++i) graph.add("m" + std::to_string(i), {"m" + std::to_string(i - 1)});
  Catalog catalog(graph.params);
  std::vector<std::string> missing;
  CHECK(closure(catalog, catalog.find("m2999"), missing).size() == 3000);
}
