#include "cache/store/lookup.h"

#include "cache/store/absent_names.h"
#include "unittests/cache/header_files.h"
#include "unittests/cache/sample_entry.h"

#include <catch2/catch.hpp>
#include <ctime>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

// A cache, headers beside it, and dependencies with identities that a test can change: a small model of what jit does.
struct World : Scratch {
  World() {
    params.cache_dir = path() / "c";
    store.emplace(params);
  }

  std::string header(const std::string& name, const std::string& content, std::time_t time = 0) {
    return write_header(path() / name, content, time != 0 ? time : ++clock);
  }

  std::optional<Digest> resolve(const Dependency& dependency) const {
    auto found = dependencies.find(dependency.signature);
    return found == dependencies.end() ? std::nullopt : std::optional(blake3(found->second));
  }

  Lookup look(FileDigests& digests) {
    return lookup(*store, "sig", request, text, digests, [this](const Dependency& d) { return resolve(d); });
  }
  // As a new process does.
  Lookup look() {
    FileDigests digests;
    return look(digests);
  }

  // The code of the hit; on a miss builds `code` against the present state of `files` and `modules`, and gives "".
  std::string request_code(const std::string& code, const std::vector<std::string>& files,
                           const std::vector<std::string>& modules = {}) {
    Lookup result = look();
    if (result.hit) return result.hit->entry.header;
    put(result.slot, code, files, modules, result.slot_taken);
    return "";
  }

  void put(const Slot& slot, const std::string& code, const std::vector<std::string>& files,
           const std::vector<std::string>& modules = {}, bool replace = false) {
    Entry entry;
    entry.signature = "sig";
    entry.request = text;
    entry.header = code;
    for (const std::string& file : files) entry.files.push_back(described(file));
    entry.absent = describe_absent(absent, later());
    for (const std::string& module : modules)
      entry.dependencies.push_back({module, Digest(), Digest(), blake3(dependencies.at(module))});
    REQUIRE(store->publish("sig", slot, encode(entry, sample_object()), code, "s", "l", replace));
  }

  std::size_t entries() const { return names_in(path() / "c/obj").size(); }

  CacheParams params;
  std::optional<Store> store;
  std::string text = "the request";
  Digest request = blake3(text);
  std::map<std::string, std::string> dependencies;
  std::vector<std::string> absent;  // paths that compiles look for in vain
  std::time_t clock = 1000000000;
};

}  // namespace

TEST_CASE("an empty cache gives the first slot, and then the hit there", "[lookup]") {
  World world;
  Lookup miss = world.look();
  CHECK_FALSE(miss.hit);
  CHECK(miss.slot == world.request);
  CHECK_FALSE(miss.slot_taken);
  CHECK(world.request_code("code", {}) == "");
  Lookup hit = world.look();
  REQUIRE(hit.hit);
  CHECK(hit.slot == world.request);
  CHECK(hit.hit->entry.header == "code");
}

TEST_CASE("an edited header is a miss, and the old text a hit again", "[lookup]") {
  World world;
  const std::string file = world.header("a.h", "one");
  CHECK(world.request_code("code 1", {file}) == "");
  CHECK(world.request_code("", {file}) == "code 1");
  world.header("a.h", "two");
  CHECK(world.request_code("code 2", {file}) == "");
  CHECK(world.request_code("", {file}) == "code 2");
  world.header("a.h", "one");
  CHECK(world.request_code("", {file}) == "code 1");
  world.header("a.h", "two");
  CHECK(world.request_code("", {file}) == "code 2");
  CHECK(world.entries() == 2);
}

TEST_CASE("a header that is touched only is a hit", "[lookup]") {
  World world;
  const std::string file = world.header("a.h", "one");
  world.request_code("code 1", {file});
  set_time(file, 1234567890);
  CHECK(world.request_code("", {file}) == "code 1");
}

TEST_CASE("a header that is removed is a miss, and a hit when it is back", "[lookup]") {
  World world;
  const std::string file = world.header("a.h", "one");
  world.request_code("code 1", {file});
  fs::remove(file);
  CHECK(world.request_code("code without", {}) == "");
  CHECK(world.request_code("", {}) == "code without");
  world.header("a.h", "one");
  CHECK(world.request_code("", {file}) == "code 1");
}

TEST_CASE("variants that depend on different headers are all found", "[lookup]") {
  World world;
  const std::string a = world.header("a.h", "a1");
  const std::string b = world.header("b.h", "b1");
  world.request_code("a1", {a});
  world.header("a.h", "a2");
  // This text of a.h includes b.h.
  CHECK(world.request_code("a2 b1", {a, b}) == "");
  CHECK(world.request_code("", {}) == "a2 b1");
  world.header("b.h", "b2");
  CHECK(world.request_code("a2 b2", {a, b}) == "");
  CHECK(world.request_code("", {}) == "a2 b2");
  world.header("b.h", "b1");
  CHECK(world.request_code("", {}) == "a2 b1");
  world.header("a.h", "a1");
  CHECK(world.request_code("", {}) == "a1");
}

TEST_CASE("a changed dependency is a miss, and a hit when it is as before", "[lookup]") {
  World world;
  world.dependencies["element"] = "1";
  world.request_code("with 1", {}, {"element"});
  CHECK(world.request_code("", {}) == "with 1");
  world.dependencies["element"] = "2";
  CHECK(world.request_code("with 2", {}, {"element"}) == "");
  CHECK(world.request_code("", {}) == "with 2");
  world.dependencies["element"] = "1";
  CHECK(world.request_code("", {}) == "with 1");
}

TEST_CASE("a dependency that is gone is a miss, and a hit when it was built again", "[lookup]") {
  World world;
  world.dependencies["element"] = "1";
  world.request_code("with 1", {}, {"element"});
  world.dependencies.clear();
  Lookup miss = world.look();
  CHECK_FALSE(miss.hit);
  CHECK_FALSE(miss.slot_taken);
  CHECK(miss.slot != world.request);
  world.dependencies["element"] = "1";
  CHECK(world.request_code("", {}) == "with 1");
}

TEST_CASE("built while a dependency was away, a module is found after one more build at most", "[lookup]") {
  World world;
  world.dependencies["element"] = "1";
  world.request_code("with 1", {}, {"element"});
  world.dependencies.clear();
  Lookup away = world.look();
  // generate() brings the dependency back, in another form.
  world.dependencies["element"] = "2";
  world.put(away.slot, "with 2", {}, {"element"});
  CHECK(world.request_code("with 2", {}, {"element"}) == "");
  CHECK(world.request_code("", {}) == "with 2");
}

TEST_CASE("an entry of another request in the slot is no hit and is replaced", "[lookup]") {
  World world;
  SECTION("another text") {
    world.text = "another request";
    world.put(world.request, "wrong", {});
    world.text = "the request";
  }
  SECTION("another text, compared by digest") {
    world.text = "another request";
    world.put(world.request, "wrong", {});
    world.text = "";
  }
  SECTION("another signature") {
    Entry entry;
    entry.signature = "other";
    entry.request = world.text;
    REQUIRE(world.store->publish("sig", world.request, encode(entry, sample_object()), "", "", "", false));
  }
  Lookup miss = world.look();
  CHECK_FALSE(miss.hit);
  CHECK(miss.slot_taken);
  CHECK(miss.slot == world.request);
  world.text = "the request";
  CHECK(world.request_code("right", {}) == "");
  CHECK(world.request_code("", {}) == "right");
}

TEST_CASE("without the request text its digest decides", "[lookup]") {
  World world;
  world.request_code("code", {});
  world.text = "";
  CHECK(world.look().hit);
}

TEST_CASE("a walk that comes back to a slot ends, and the entry built then is found", "[lookup]") {
  World world;
  const std::string file = world.header("a.h", "one");
  world.put(world.request, "code 1", {file});
  world.header("a.h", "two");
  const Slot second = world.look().slot;
  // As if the header had been edited between the lookup and the compiler: the entry does not fit its slot.
  world.header("a.h", "three");
  world.put(second, "code 3", {file});
  world.header("a.h", "two");
  Lookup miss = world.look();
  CHECK_FALSE(miss.hit);
  CHECK(miss.slot_taken);
  CHECK(miss.slot == second);
  CHECK(world.request_code("code 2", {file}) == "");
  CHECK(world.request_code("", {file}) == "code 2");
}

TEST_CASE("a walk ends after the longest chain, and the entry built then is found", "[lookup]") {
  World world;
  // Every entry depends on a header of its own that has changed since.
  for (int step = 0; step < longest_chain; ++step) {
    const std::string name = std::to_string(step) + ".h";
    const std::string file = world.header(name, "old");
    Lookup miss = world.look();
    CHECK_FALSE(miss.slot_taken);
    world.put(miss.slot, "code", {file});
    world.header(name, "new");
  }
  CHECK(world.entries() == longest_chain);
  Lookup miss = world.look();
  CHECK_FALSE(miss.hit);
  CHECK(miss.slot_taken);
  CHECK(world.request_code("last", {}) == "");
  CHECK(world.request_code("", {}) == "last");
  CHECK(world.entries() == longest_chain);
}

TEST_CASE("a damaged entry on the way ends the walk at its slot", "[lookup]") {
  World world;
  const std::string file = world.header("a.h", "one");
  world.request_code("code 1", {file});
  write_text(world.store->layout().obj_file("sig", world.request), "damaged");
  Warnings warnings;
  Lookup miss = world.look();
  CHECK_FALSE(miss.hit);
  CHECK_FALSE(miss.slot_taken);
  CHECK(miss.slot == world.request);
  CHECK(world.store->quarantined() == 1);
}

TEST_CASE("the next slot depends on the request and on every input", "[lookup]") {
  const InputState state{{"file /a", blake3("a")}, {"file /b", std::nullopt}, {"dependency d", blake3("d")}};
  const Slot slot = next_slot(blake3("request"), state);
  CHECK(next_slot(blake3("request"), state) == slot);
  CHECK(next_slot(blake3("other"), state) != slot);
  for (const auto& [name, digest] : state) {
    InputState changed = state;
    changed[name] = blake3("changed");
    CHECK(next_slot(blake3("request"), changed) != slot);
    changed.erase(name);
    CHECK(next_slot(blake3("request"), changed) != slot);
  }
}

TEST_CASE("a header that appears where it was sought in vain is a miss, and a hit when it is gone", "[lookup]") {
  World world;
  fs::create_directory(world / "first");
  const std::string file = world.header("a.h", "one");
  const std::string earlier = world / "first" / "a.h";
  world.absent = {earlier};
  CHECK(world.request_code("code 1", {file}) == "");
  CHECK(world.request_code("", {}) == "code 1");
  write_text(world / "first" / "other.h", "");
  CHECK(world.request_code("", {}) == "code 1");
  write_text(earlier, "two");
  world.absent.clear();
  CHECK(world.request_code("code 2", {earlier}) == "");
  CHECK(world.request_code("", {}) == "code 2");
  fs::remove(earlier);
  CHECK(world.request_code("", {}) == "code 1");
  CHECK(world.entries() == 2);
}

TEST_CASE("an entry from elsewhere has its place by what was absent there", "[lookup]") {
  World world;
  fs::create_directory(world / "first");
  const std::string file = world.header("a.h", "one");
  const std::string earlier = world / "first" / "a.h";
  world.absent = {earlier};
  world.request_code("code 1", {file});
  write_text(earlier, "two");
  world.absent.clear();
  world.request_code("code 2", {earlier});
  const Entry second = world.look().hit->entry;
  const Slot slot = world.look().slot;
  fs::remove(earlier);
  const Entry first = world.look().hit->entry;
  FileDigests digests;
  CHECK(place_of(*world.store, first, digests).slot == world.request);
  CHECK(place_of(*world.store, second, digests).slot == slot);
  CHECK(place_of(*world.store, second, digests).hit);
  write_text(earlier, "two");
  CHECK(place_of(*world.store, first, digests).slot == world.request);
}
