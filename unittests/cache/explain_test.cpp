#include "cache/inspect/explain.h"

#include "unittests/cache/module_graph.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

struct World : ModuleGraph {
  World() {
    write_text(path() / "h.h", "text");
    Entry base = entry("base");
    base.files = {{path() / "h.h", 4, 0, blake3("text")}};
    put(base);
    add("top", {"base"});
  }
  std::vector<std::string> reasons(const char* module) {
    Catalog catalog(params);
    FileDigests files;
    return obstacles(entries.at(module), catalog, files);
  }
};

}  // namespace

TEST_CASE("nothing stands in the way of what is as it was", "[explain]") {
  World world;
  CHECK(world.reasons("base").empty());
  CHECK(world.reasons("top").empty());
}

TEST_CASE("a changed header is the reason, also of what is needed", "[explain]") {
  World world;
  const std::string header = world.path() / "h.h";
  write_text(header, "other");
  CHECK(world.reasons("base") == std::vector{"the header '" + header + "' has changed"});
  REQUIRE(world.reasons("top").size() == 1);
  CHECK_THAT(world.reasons("top")[0], Catch::StartsWith("'base.") && Catch::EndsWith("' has changed"));
  fs::remove(header);
  CHECK(world.reasons("base") == std::vector{"the header '" + header + "' cannot be read"});
}

TEST_CASE("a missing module is the reason", "[explain]") {
  World world;
  fs::remove(world.file("base"));
  CHECK(world.reasons("top") ==
        std::vector<std::string>{"the variant of 'base' that it was built against is not in the cache"});
}

TEST_CASE("two entries differ in what is recorded", "[explain]") {
  World world;
  const Entry base = world.entries.at("base");
  CHECK(differences(base, base).empty());
  Entry other = base;
  other.header = "another";
  other.isa_features = {"avx"};
  other.files.clear();
  const std::vector<Difference> found = differences(base, other);
  REQUIRE(found.size() == 3);
  CHECK(found[0] == Difference{"file " + (world.path() / "h.h").string(), blake3("text").hex().substr(0, 16), ""});
  CHECK(found[1].name == "header");
  CHECK(found[2] == Difference{"isa avx", "", "needed"});
}
