#include "cache/inspect/verify.h"

#include "cache/api/api.h"

#include "support/claim.h"
#include "unittests/cache/module_graph.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

void damage(const fs::path& file) { write_text(file, read_text(file).substr(20)); }

}  // namespace

TEST_CASE("a sound cache has no findings", "[verify]") {
  ModuleGraph graph;
  CHECK(verify(graph.params, true, false).faults() == 0);
  graph.add("a");
  graph.add("b", {"a"});
  store_inc("a", graph.entries.at("a").header, graph.params);
  const VerifyResult some = verify(graph.params, false, false), all = verify(graph.params, true, true);
  CHECK(some.findings.empty());
  CHECK(some.files == 2);
  CHECK(all.findings.empty());
  CHECK(all.files == 3);
}

TEST_CASE("damaged entries are found, and put aside when asked to", "[verify]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  damage(graph.file("a"));
  const VerifyResult found = verify(graph.params, false, false);
  REQUIRE(found.findings.size() == 1);
  CHECK(found.faults() == 1);
  CHECK(found.findings[0].path == graph.file("a"));
  CHECK_FALSE(found.findings[0].repaired);
  CHECK(fs::exists(graph.file("a")));

  const Warnings warnings;
  const VerifyResult repaired = verify(graph.params, true, true);
  CHECK(repaired.findings.size() == 2);  // b lacks its dependency
  CHECK(repaired.faults() == 1);
  CHECK_FALSE(fs::exists(graph.file("a")));
  CHECK(fs::exists(graph.file("b")));
  CHECK(names_in(Layout(graph.params).quarantine_dir()).size() == 1);
}

TEST_CASE("derived files that do not fit are removed when asked to", "[verify]") {
  ModuleGraph graph;
  graph.add("a");
  store_inc("a", "another text", graph.params);
  CHECK(verify(graph.params, false, false).faults() == 0);
  CHECK(verify(graph.params, true, false).faults() == 1);
  CHECK(read_inc("a", graph.params));
  CHECK(verify(graph.params, true, true).findings.at(0).repaired);
  CHECK_FALSE(read_inc("a", graph.params));
}

TEST_CASE("what others may have written is found", "[verify]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b");
  ::chmod(graph.file("a").c_str(), 0666);
  fs::remove(graph.file("b"));
  fs::create_symlink("/etc/passwd", graph.file("b"));
  const VerifyResult result = verify(graph.params, false, false);
  CHECK(result.faults() == 2);
  CHECK(result.findings.size() == 2);
  fs::permissions(graph.params.cache_dir, fs::perms::others_write, fs::perm_options::add);
  const VerifyResult more = verify(graph.params, false, false);
  REQUIRE(more.findings.size() == 3);
  CHECK_THAT(more.findings[0].reason, Contains("can be written by everybody"));
}

TEST_CASE("faults are added up", "[verify]") {
  VerifyResult result;
  result.findings = {{"a", Fault::unreadable, ""}, {"b", Fault::corrupt, ""}, {"c", Fault::corrupt, ""}};
  CHECK(result.faults() == 5);
}

TEST_CASE("nothing is found, or removed, beside a process that publishes", "[verify]") {
  ModuleGraph graph;
  constexpr int modules = 150;
  Child publisher([&] {
    Store store(graph.params);
    for (int i = 0; i < modules; ++i) {
      const std::string name = "m" + std::to_string(i);
      Entry entry = graph.entry(name);
      entry.source = blake3("source");
      const Claim claim = store.claim(name, blake3(entry.request));
      expect(store.publish(name, blake3(entry.request), encode(entry, sample_object(name)), entry.header, "source",
                           "log", false),
             "not published");
    }
  });
  const auto published = [&] { return files_of(Layout(graph.params), Category::log).size(); };
  for (int runs = 0; published() < modules && runs < 10000; ++runs) {
    const VerifyResult result = verify(graph.params, true, true);
    if (result.findings.empty()) continue;
    INFO(result.findings[0].path.string() << ": " << result.findings[0].reason);
    CHECK(result.findings.empty());
    break;
  }
  CHECK(publisher.finish() == "");
  for (const Category category : {Category::inc, Category::src, Category::log})
    CHECK(files_of(Layout(graph.params), category).size() == modules);
}

TEST_CASE("what belongs to an entry that cannot be read is not removed", "[verify]") {
  ModuleGraph graph;
  const fs::path entry = graph.add("a");
  store_inc("a", graph.entries.at("a").header, graph.params);
  fs::resize_file(entry, std::uintmax_t{1} << 40);
  const VerifyResult result = verify(graph.params, true, true);
  CHECK(result.faults() == static_cast<int>(Fault::unreadable));
  CHECK(read_inc("a", graph.params));
}

TEST_CASE("a repair that is not possible is none", "[verify]") {
  ModuleGraph graph;
  graph.add("a");
  damage(graph.file("a"));
  write_text(Layout(graph.params).quarantine_dir(), "");
  const Warnings warnings;
  const VerifyResult result = verify(graph.params, true, true);
  REQUIRE(result.findings.size() == 1);
  CHECK_FALSE(result.findings[0].repaired);
  CHECK(result.faults() == 1);
  CHECK_THAT(warnings.only(), Catch::Contains("cannot be moved"));
}
