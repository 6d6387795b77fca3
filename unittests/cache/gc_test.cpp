#include "cache/prune/gc.h"

#include "cache/api/api.h"
#include "cache/prune/pins.h"
#include "cache/store/lookup.h"

#include "unittests/cache/module_graph.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <catch2/catch.hpp>
#include <ctime>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

constexpr std::time_t day = 86400;

void set_age(const fs::path& file, std::time_t age) {
  const timespec then{std::time(nullptr) - age, 0};
  const timespec times[2] = {then, then};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

GcResult collect(const ModuleGraph& graph, std::optional<std::uint64_t> most, std::optional<std::time_t> age = {},
                 bool keep_pinned = true, bool dryrun = false) {
  GcOptions options{most, std::nullopt, keep_pinned, dryrun};
  if (age) options.older_than = std::chrono::seconds(*age);
  return collect_garbage(graph.params, options);
}

// The signatures of the entries that are there.
std::vector<std::string> left(const ModuleGraph& graph) {
  std::vector<std::string> names;
  for (const StoredSignature& stored : stored_signatures(list_category(Layout(graph.params), Category::obj)))
    names.push_back(stored.signature);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what has not been used for long goes", "[gc]") {
  ModuleGraph graph;
  set_age(graph.add("old"), 40 * day);
  set_age(graph.add("young"), 20 * day);
  const GcResult dry = collect(graph, std::nullopt, 30 * day, true, true);
  CHECK(left(graph) == Names{"old", "young"});
  const GcResult result = collect(graph, std::nullopt, 30 * day);
  CHECK(result.removed == dry.removed);
  CHECK(result.removed == std::vector<fs::path>{graph.file("old")});
  CHECK(left(graph) == Names{"young"});
  CHECK(result.kept_files == 1);
  CHECK(result.kept_bytes == fs::file_size(graph.file("young")));
}

TEST_CASE("what was used longest ago goes first, until the rest is small enough", "[gc]") {
  ModuleGraph graph;
  for (const char* name : {"a", "b", "c", "d"}) graph.add(name);
  set_age(graph.file("a"), 1 * day);
  set_age(graph.file("b"), 4 * day);
  set_age(graph.file("c"), 3 * day);
  set_age(graph.file("d"), 2 * day);
  const std::uint64_t size = fs::file_size(graph.file("a"));
  CHECK(collect(graph, 4 * size).removed.empty());
  CHECK(collect(graph, 2 * size + 1).kept_bytes == 2 * size);
  CHECK(left(graph) == Names{"a", "d"});
  CHECK(collect(graph, 0).kept_files == 0);
}

TEST_CASE("a dependency stays as long as what was built against it", "[gc]") {
  ModuleGraph graph;
  graph.add("base");
  graph.add("middle", {"base"});
  graph.add("top", {"middle"});
  graph.add("other", {"base"});
  set_age(graph.file("base"), 90 * day);
  set_age(graph.file("middle"), 80 * day);
  set_age(graph.file("top"), 1 * day);
  set_age(graph.file("other"), 50 * day);
  collect(graph, std::nullopt, 30 * day);
  CHECK(left(graph) == Names{"base", "middle", "top"});
  set_age(graph.file("top"), 60 * day);
  collect(graph, fs::file_size(graph.file("base")));
  CHECK(left(graph) == Names{"base"});
}

TEST_CASE("at equal times dependents go before what they need", "[gc]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  graph.add("c", {"b"});
  for (const char* name : {"a", "b", "c"}) set_age(graph.file(name), 5 * day);
  std::uint64_t all = 0;
  for (const char* name : {"a", "b", "c"}) all += fs::file_size(graph.file(name));
  collect(graph, all - 1);
  CHECK(left(graph) == Names{"a", "b"});
}

TEST_CASE("pinned modules stay with what they need", "[gc]") {
  ModuleGraph graph;
  graph.add("a");
  graph.add("b", {"a"});
  graph.add("c");
  for (const char* name : {"a", "b", "c"}) set_age(graph.file(name), 50 * day);
  CHECK(pin("b", graph.params));
  CHECK_FALSE(pin("b", graph.params));
  CHECK(pinned_modules(graph.params) == Names{"b"});
  collect(graph, 0, 30 * day);
  CHECK(left(graph) == Names{"a", "b"});
  CHECK(unpin("b", graph.params));
  CHECK_FALSE(unpin("b", graph.params));
  pin("a", graph.params);
  collect(graph, 0, 30 * day, false);
  CHECK(left(graph).empty());
}

TEST_CASE("derived files go with the last variant", "[gc]") {
  ModuleGraph graph;
  set_age(graph.add("m"), 40 * day);
  Entry second = graph.entry("m");
  second.request = "another request";
  set_age(graph.put(second), 20 * day);
  store_inc("m", "header", graph.params);
  store_inc("nobody", "header", graph.params);
  set_age(create_inc_filename("nobody", graph.params), 40 * day);
  CHECK(collect(graph, std::nullopt, 30 * day).removed.size() == 2);  // the old variant, and what belongs to nobody
  CHECK(read_inc("m", graph.params) == "header");
  CHECK_FALSE(read_inc("nobody", graph.params));
  CHECK(collect(graph, std::nullopt, 10 * day).removed.size() == 2);
  CHECK_FALSE(read_inc("m", graph.params));
}

TEST_CASE("damaged entries and quarantine go too, other files stay", "[gc]") {
  ModuleGraph graph;
  graph.add("m");
  const fs::path obj = Layout(graph.params).obj_dir();
  write_text(obj / "x.0123456789abcdef.o", "damaged");
  write_text(obj / "notes", "mine");
  fs::create_directory(Layout(graph.params).quarantine_dir());
  write_text(Layout(graph.params).quarantine_dir() / "y.0123456789abcdef.o.0123456789abcdef", "damaged");
  for (const fs::path& file : {obj / "x.0123456789abcdef.o", obj / "notes",
                               Layout(graph.params).quarantine_dir() / "y.0123456789abcdef.o.0123456789abcdef"})
    set_age(file, 40 * day);
  CHECK(collect(graph, std::nullopt, 30 * day).removed.size() == 2);
  CHECK(fs::exists(obj / "notes"));
  CHECK(left(graph) == Names{"m"});
}

TEST_CASE("a variant that was found through one that is gone is found still", "[gc]") {
  ModuleGraph graph;
  const auto variant = [&](const std::string& state) {
    Entry entry = graph.entry("m");
    entry.files = {{"/h/one.h", 1, 1, blake3(state)}};
    return entry;
  };
  const Entry first = variant("old"), second = variant("new"), third = variant("newer");
  FileDigests files;
  for (const Entry& entry : {first, second, third}) {
    Store store(graph.params);
    graph.put(entry, place_of(store, entry, files).slot);
  }
  const auto is_found = [&](const Entry& entry) {
    Store store(graph.params);
    const Lookup place = place_of(store, entry, files);
    return place.hit && place.hit->entry.identity() == entry.identity();
  };
  for (const Entry& entry : {first, second, third}) CHECK(is_found(entry));
  set_age(graph.file("m"), 40 * day);  // the first slot, where `first` lies
  const GcResult result = collect(graph, std::nullopt, 30 * day);
  CHECK(result.removed.size() == 1);
  CHECK(result.moved == 1);
  CHECK_FALSE(is_found(first));
  CHECK(is_found(second));
  CHECK(is_found(third));
}

TEST_CASE("a directory that others may write to is left alone", "[gc]") {
  ModuleGraph graph;
  graph.add("m");
  fs::permissions(graph.params.cache_dir, fs::perms::others_write, fs::perm_options::add);
  CHECK_THROWS_WITH(collect(graph, 0), Catch::StartsWith("nothing is removed: "));
  CHECK(left(graph) == Names{"m"});
}

TEST_CASE("reading by tools is no use", "[gc]") {
  ModuleGraph graph;
  set_age(graph.add("m"), 40 * day);
  struct stat before{}, after{};
  ::stat(graph.file("m").c_str(), &before);
  CHECK(collect(graph, std::nullopt, 60 * day).removed.empty());
  ::stat(graph.file("m").c_str(), &after);
  CHECK(before.st_atim.tv_sec == after.st_atim.tv_sec);
}
