#include "cache/store/store.h"

#include "support/file.h"
#include "unittests/cache/store_fixture.h"
#include "unittests/support/file_systems.h"

#include <dijitso/error.h>

#include <sys/stat.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

std::string gunzip(const fs::path& file) {
  gzFile in = ::gzopen(file.c_str(), "rb");
  REQUIRE(in != nullptr);
  std::string text(1000, '\0');
  text.resize(static_cast<std::size_t>(::gzread(in, text.data(), 1000)));
  ::gzclose(in);
  return text;
}

unsigned mode_of(const fs::path& path) {
  struct stat info;
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

}  // namespace

TEST_CASE("what was published is read, byte for byte", "[store]") {
  CachePlace place;
  Store store(place.params);
  CHECK_FALSE(store.read(signature, slot));
  CHECK_FALSE(fs::exists(place.root()));
  const Bytes bytes = sample_bytes();
  REQUIRE(publish(store, bytes));
  for (Store* reader : {&store, new Store(place.params)}) {
    auto found = reader->read(signature, slot);
    REQUIRE(found);
    CHECK(*found->bytes == bytes);
    CHECK(same(found->entry, sample_entry()));
    if (reader != &store) delete reader;
  }
  CHECK_FALSE(store.read(signature, blake3("other")));
  CHECK_FALSE(store.read("poisson_2", slot));
  CHECK(mode_of(place.root()) == 0700);
  CHECK(mode_of(place.file()) == 0444);
  CHECK(names_in(place.root() / "tmp").empty());
}

TEST_CASE("a malformed signature creates nothing", "[store]") {
  CachePlace place;
  Store store(place.params);
  CHECK_THROWS_AS(store.read("../x", slot), InvalidArgument);
  CHECK_THROWS_AS(store.publish("../x", slot, sample_bytes(), "", "", "", false), InvalidArgument);
  CHECK_THROWS_AS(store.claim("../x", slot), InvalidArgument);
  CHECK_FALSE(fs::exists(place.root()));
}

TEST_CASE("the first entry stays unless it is to be replaced", "[store]") {
  CachePlace place;
  Store store(place.params);
  CHECK(publish(store, sample_bytes("one")));
  CHECK(publish(store, sample_bytes("two")));
  CHECK(store.read(signature, slot)->entry.header == "one");
  CHECK(publish(store, sample_bytes("three"), true));
  CHECK(store.read(signature, slot)->entry.header == "three");
}

TEST_CASE("derived files follow the parameters", "[store]") {
  CachePlace place;
  auto derived = [&] {
    std::vector<std::string> names;
    for (const char* name : {"include", "src", "log"})
      for (const std::string& file : names_in(place.root() / name)) names.push_back(name + ("/" + file));
    return names;
  };
  using Names = std::vector<std::string>;
  const std::string src = "src/poisson_1.cpp";
  publish(*std::make_unique<Store>(place.params), sample_bytes());
  CHECK(derived() == Names{"include/poisson_1.h", src + ".gz", "log/poisson_1.txt"});
  CHECK(read_text(place.root() / "include/poisson_1.h") == "the header\n");
  CHECK(gunzip(place.root() / (src + ".gz")) == "the source\n");
  CHECK(read_text(place.root() / "log/poisson_1.txt") == "the log\n");
  // One form of the source replaces the other.
  place.params.src_storage = "keep";
  publish(*std::make_unique<Store>(place.params), sample_bytes());
  CHECK(derived() == Names{"include/poisson_1.h", src, "log/poisson_1.txt"});
  CHECK(read_text(place.root() / src) == "the source\n");
  place.params.src_storage = "delete";
  publish(*std::make_unique<Store>(place.params), sample_bytes());
  CHECK(derived() == Names{"include/poisson_1.h", "log/poisson_1.txt"});
  // A module without a header has no header file, not that of an earlier variant.
  Store(place.params).publish(signature, slot, sample_bytes(), "", "s", "", false);
  CHECK(derived().empty());
  place.params.enable_build_log = false;
  publish(*std::make_unique<Store>(place.params), sample_bytes());
  CHECK(derived() == Names{"include/poisson_1.h"});
}

TEST_CASE("a derived file that cannot be written is a warning, and the entry is published", "[store]") {
  CachePlace place;
  Store store(place.params);
  REQUIRE(publish(store, sample_bytes()));
  fs::remove(place.root() / "include/poisson_1.h");
  fs::create_directory(place.root() / "include/poisson_1.h");
  Warnings warnings;
  CHECK(publish(store, sample_bytes("new"), true));
  CHECK(store.read(signature, slot)->entry.header == "new");
  CHECK_THAT(warnings.only(), Catch::Contains("include/poisson_1.h': Is a directory"));
}

TEST_CASE("files are published where a directory lies elsewhere", "[store]") {
  CachePlace place;
  CHECK(in_child([&] {
          fs::create_directory(place / "elsewhere");
          mount_small(place / "elsewhere", "64k");
          place.params.obj_dir = place / "elsewhere/obj";
          place.params.inc_dir = place / "elsewhere/inc";
          Store store(place.params);
          expect(publish(store, sample_bytes()), "not published");
          expect(store.read(signature, slot).has_value(), "not found");
          expect(fs::exists(place / "elsewhere/inc/poisson_1.h"), "no header");
        }) == "");
}

TEST_CASE("read-only directories are searched after the own, and never written", "[store]") {
  CachePlace site;
  CachePlace place;
  CachePlace absent;
  REQUIRE(publish(*std::make_unique<Store>(site.params), sample_bytes("site")));
  place.params.readonly_dirs = {absent.root(), site.root()};
  Warnings warnings;
  Store store(place.params);
  CHECK(store.read(signature, slot)->entry.header == "site");
  CHECK_FALSE(fs::exists(place.root()));
  REQUIRE(publish(store, sample_bytes("own")));
  CHECK(store.read(signature, slot)->entry.header == "own");
  CHECK(warnings.all().empty());
  fs::remove(place.file());
  site.write(Bytes{1, 2, 3});
  CHECK_FALSE(store.read(signature, slot));
  CHECK(fs::exists(site.file()));
  CHECK(store.quarantined() == 0);
  CHECK_THAT(warnings.only(), Catch::Contains("read-only directory"));
}

TEST_CASE("a read-only directory that is open to everybody is not searched", "[store]") {
  CachePlace site;
  CachePlace place;
  REQUIRE(publish(*std::make_unique<Store>(site.params), sample_bytes("site")));
  fs::permissions(site.root(), fs::perms(0777));
  place.params.readonly_dirs = {site.root()};
  Warnings warnings;
  Store store(place.params);
  CHECK_FALSE(store.read(signature, slot));
  CHECK_FALSE(store.read(signature, slot));
  CHECK_THAT(warnings.only(), Catch::Contains("written by everybody"));
}

TEST_CASE("leftovers of writers that ended are removed at the first use", "[store]") {
  CachePlace place;
  const std::string dead = in_child([] { throw std::runtime_error(unique_name()); });
  fs::create_directories(place.root() / "tmp");
  write_text(place.root() / "tmp" / dead, "half a file");
  Store store(place.params);
  CHECK(names_in(place.root() / "tmp").size() == 1);
  REQUIRE(publish(store, sample_bytes()));
  CHECK(names_in(place.root() / "tmp").empty());
}

TEST_CASE("one slot is claimed by one", "[store]") {
  CachePlace place;
  Store store(place.params);
  Claim claim = store.claim(signature, slot);
  CHECK(claim.state() == Claim::State::held);
  CHECK(Store(place.params).claim(signature, slot).state() == Claim::State::taken);
  CHECK(store.claim(signature, blake3("other")).state() == Claim::State::held);
  CHECK(store.claim("other", slot).state() == Claim::State::held);
}

TEST_CASE("racing threads and processes publish complete entries, and all read the same", "[store]") {
  CachePlace place;
  constexpr int rounds = 10;
  const auto slot_of = [](int round) { return blake3("slot " + std::to_string(round)); };
  auto run = [&](int who) {
    Store store(place.params);
    for (int round = 0; round < rounds; ++round) {
      const Bytes bytes = sample_bytes("by " + std::to_string(who) + std::string(20000, 'x'));
      bool published = store.publish(signature, slot_of(round), bytes, "h", "s", "l", false);
      auto first = store.read(signature, slot_of(round));
      auto second = store.read(signature, slot_of(round));
      expect(published && first && second && *first->bytes == *second->bytes, "a different entry was read");
      expect(store.quarantined() == 0, "an entry was taken for damaged");
    }
  };
  std::vector<std::unique_ptr<Child>> children;
  for (int who = 0; who < 4; ++who) children.push_back(std::make_unique<Child>([&, who] { run(who); }));
  for (auto& child : children) CHECK(child->finish() == "");
  fs::remove_all(place.root());
  std::vector<std::thread> threads;
  std::vector<std::string> failures(4);
  for (int who = 0; who < 4; ++who) {
    threads.emplace_back([&, who] {
      try {
        run(who);
      } catch (const std::exception& error) {
        failures[who] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) CHECK(failure == "");
  CHECK(names_in(place.root() / "tmp").empty());
  CHECK(names_in(place.root() / "obj").size() == rounds);
}

TEST_CASE("the slots of a signature, newest first, then those of read-only directories", "[store]") {
  CachePlace place, site;
  const auto put = [](const CachePlace& cache, const char* name, int age) {
    const fs::path file = Layout(cache.params).obj_file(signature, blake3(name));
    fs::create_directories(file.parent_path());
    write_text(file, as_text(sample_bytes()));
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(age));
  };
  put(place, "old", 2);
  put(place, "new", 1);
  put(site, "site", 0);
  place.params.readonly_dirs = {site.root()};
  Store store(place.params);
  const std::vector<Slot> slots = store.slots(signature);
  CHECK((slots == std::vector<Slot>{blake3("new"), blake3("old"), blake3("site")}));
  for (const Slot& one : slots) CHECK(store.read(signature, one));
  CHECK(store.slots("other").empty());
  CHECK_THROWS_AS(store.slots("../x"), InvalidArgument);
}
