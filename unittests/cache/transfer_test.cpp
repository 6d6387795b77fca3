#include "cache/api/api.h"
#include "cache/store/lookup.h"
#include "cache/transfer/archive.h"

#include "unittests/cache/module_graph.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// A cache to import into, and what its lookup finds of an entry in the circumstances of that entry.
struct Target : Scratch {
  Target() { params.cache_dir = path() / "d"; }
  bool has(const Entry& entry) const {
    Store store(params);
    FileDigests files;
    const Lookup found = lookup(store, entry.signature, blake3(entry.request), entry.request, files,
                                [&](const Dependency& dependency) { return std::optional(dependency.identity); });
    return found.hit && found.hit->entry.identity() == entry.identity();
  }
  CacheParams params;
};

Bytes archive_of(const std::vector<std::pair<std::string, Bytes>>& entries) {
  std::vector<ArchiveMember> members;
  for (const auto& [name, bytes] : entries) members.push_back({name, bytes.size()});
  ArchiveWriter writer(members);
  for (std::size_t i = 0; i < entries.size(); ++i) writer.add(members[i], entries[i].second);
  return writer.finish();
}

std::string refusal(const Target& target, const Bytes& archive) {
  const fs::path file = target / "a.tar.zst";
  write_text(file, as_text(archive));
  std::string message;
  try {
    import_modules(file, target.params);
  } catch (const CacheError& error) {
    message = error.what();
  }
  CHECK_FALSE(fs::exists(target.params.cache_dir));
  return message;
}

}  // namespace

TEST_CASE("modules travel with what they were built against", "[transfer]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  graph.add("other");
  Target target;
  const fs::path file = graph / "m.tar.zst";
  const ExportResult sent = export_modules({"b"}, file, graph.params);
  CHECK(sent.modules.size() == 2);
  CHECK(sent.left_out.empty());
  CHECK(sent.bytes == fs::file_size(file));
  CHECK(import_modules(file, target.params, true) == ImportResult{2, 0});
  CHECK_FALSE(fs::exists(Layout(target.params).obj_dir()));
  CHECK(import_modules(file, target.params) == ImportResult{2, 0});
  for (const char* name : {"a", "b"}) {
    CHECK(target.has(graph.entries.at(name)));
    CHECK(read_inc(name, target.params) == graph.entries.at(name).header);
  }
  CHECK_FALSE(target.has(graph.entries.at("other")));
  CHECK(import_modules(file, target.params) == ImportResult{0, 2});
  CHECK(check_cache_integrity(target.params).empty());
}

TEST_CASE("the same modules give the same archive", "[transfer]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  const std::string first = graph / "1", second = graph / "2";
  export_modules({}, first, graph.params);
  export_modules({"b", "a", "b"}, second, graph.params);
  CHECK(read_text(first) == read_text(second));
  CHECK(export_modules({"b"}, graph / "3", graph.params, true).modules.size() == 2);
  CHECK_FALSE(fs::exists(graph / "3"));
}

TEST_CASE("what cannot be exported is said", "[transfer]") {
  ModuleGraph graph;
  const std::string file = graph / "m";
  CHECK_THROWS_WITH(export_modules({}, file, graph.params), Contains("has no modules"));
  graph.add("a");
  graph.add("b", {"a"});
  graph.add("c");
  CHECK_THROWS_WITH(export_modules({"a", "x"}, file, graph.params), Contains("no module 'x'"));
  write_text(graph.file("a"), "damaged");
  const ExportResult result = export_modules({}, file, graph.params);
  CHECK(result.modules.size() == 1);
  CHECK(result.left_out.size() == 2);
  CHECK_THROWS_WITH(export_modules({"b"}, file, graph.params), Contains("nothing to export; the first reason is"));
  CHECK_THROWS_AS(export_modules({"c"}, graph / "no" / "m", graph.params), CacheError);
  fs::permissions(graph.params.cache_dir, fs::perms::others_write, fs::perm_options::add);
  CHECK_THROWS_WITH(export_modules({"c"}, file, graph.params), Contains("can be written by everybody"));
}

TEST_CASE("an archive with anything wrong in it imports nothing", "[transfer]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  const std::string name_a = graph.file("a").filename(), name_b = graph.file("b").filename();
  const std::string text_a = read_text(graph.file("a")), text_b = read_text(graph.file("b"));
  const Bytes a(text_a.begin(), text_a.end()), b(text_b.begin(), text_b.end());
  const Target target;
  for (std::size_t i = 0; i < b.size(); i += 97) {
    Bytes changed = b;
    changed[i] ^= 4;
    CHECK_THAT(refusal(target, archive_of({{name_a, a}, {name_b, changed}})),
               Contains("'" + name_b + "' cannot be used"));
  }
  CHECK_THAT(refusal(target, archive_of({{name_b, b}, {name_a, a}})), Contains("needs 'a', which is not before it"));
  CHECK_THAT(refusal(target, archive_of({{name_b, a}})), Contains("has a wrong name"));
  CHECK_THAT(refusal(target, archive_of({{name_a, {}}})), Contains("it is empty"));
  CHECK_THAT(refusal(target, Bytes{1, 2, 3}), Contains("no Zstandard file"));
  CHECK_THROWS_WITH(import_modules(target / "none", target.params), Contains("there is no file"));
  CHECK_THROWS_AS(import_modules(target.path(), target.params), CacheError);
}

TEST_CASE("entries in memory are published the same way", "[transfer]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  export_modules({}, graph / "m", graph.params);
  const auto entries = read_archive(graph / "m");
  REQUIRE(entries.size() == 2);
  Target target;
  CHECK_THROWS_WITH(publish_entries({entries[1]}, target.params), Contains("'number 1' needs 'a'"));
  CHECK_THROWS_WITH(publish_entries({entries[0], {1, 2}}, target.params), Contains("'number 2' cannot be used"));
  CHECK_FALSE(fs::exists(target.params.cache_dir));
  CHECK(publish_entries(entries, target.params) == ImportResult{2, 0});
  CHECK(target.has(graph.entries.at("b")));
}

TEST_CASE("a directory that cannot be used is said", "[transfer]") {
  ModuleGraph graph;
  graph.add("a");
  export_modules({}, graph / "m", graph.params);
  CacheParams params;
  params.cache_dir = graph / "m" / "below a file";
  const Warnings warnings;
  CHECK_THROWS_WITH(import_modules(graph / "m", params), Contains("'a' cannot be imported"));
}

TEST_CASE("every variant is imported where a lookup finds it", "[transfer]") {
  ModuleGraph graph;
  const auto variant = [&](const std::string& state, std::vector<ReadFile> more = {}) {
    Entry entry = graph.entry("m");
    entry.files = {{"/h/one.h", 1, 1, blake3(state)}};
    entry.files.insert(entry.files.end(), more.begin(), more.end());
    return entry;
  };
  const Entry one = variant("1"), two = variant("2"), three = variant("3", {{"/h/more.h", 1, 1, blake3("more")}});
  // In slots that mean nothing elsewhere.
  graph.put(one, blake3("s1"));
  graph.put(two, blake3("s2"));
  graph.put(three, blake3("s3"));
  export_modules({}, graph / "m", graph.params);

  const auto finds = [](const Target& target, const Entry& wanted) {
    Store store(target.params);
    FileDigests files;
    const Lookup place = place_of(store, wanted, files);
    return place.hit && place.hit->entry.identity() == wanted.identity();
  };
  Target target;
  CHECK(import_modules(graph / "m", target.params) == ImportResult{3, 0});
  for (const Entry& entry : {one, two, three}) CHECK(finds(target, entry));
  CHECK(import_modules(graph / "m", target.params) == ImportResult{0, 3});

  fs::remove(Layout(target.params).obj_file("m", blake3(one.request)));
  CHECK(import_modules(graph / "m", target.params).imported > 0);
  for (const Entry& entry : {one, two, three}) CHECK(finds(target, entry));
}
