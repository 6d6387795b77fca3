// What a process counts, and when that reaches the records.
#include "cache/store/usage.h"
#include "cache/store/store.h"
#include "unittests/cache/store_fixture.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

// A cache directory that exists, as its first entry leaves it.
struct Used : CachePlace {
  Used() : store(params) { publish(store, sample_bytes()); }
  UseCounts recorded() const { return read_records(Layout(params)).total(); }
  std::uint64_t recorded(Use use) const { return recorded()[use]; }
  Store store;
};

}  // namespace

TEST_CASE("what is counted is recorded once", "[usage]") {
  Used place;
  Usage& usage = place.store.usage();
  for (int i = 0; i < 3; ++i) usage.memory_hit();
  usage.disk_hit(0.25);
  usage.disk_hit(1.5);
  usage.compiled(0.125);
  usage.optimized(0.5);
  usage.add(Use::published);
  CHECK(place.recorded().empty());
  usage.save();
  usage.save();
  CHECK(place.recorded() == UseCounts{{3, 2, 1, 1, 0, 0, 625000, 1750000}});
  usage.memory_hit();
  usage.save();
  CHECK(place.recorded(Use::memory_hits) == 4);
  CHECK(usage.memory_hits() == 4);
}

TEST_CASE("hits in memory alone write nothing", "[usage]") {
  Used place;
  place.store.usage().memory_hit();
  place.store.usage().save();
  CHECK_FALSE(fs::exists(place.root() / "stats"));
}

TEST_CASE("without the disk nothing is written", "[usage]") {
  Used place;
  place.params.use_disk = false;
  Store store(place.params);
  store.usage().compiled(1);
  store.usage().save();
  CHECK_FALSE(fs::exists(place.root() / "stats"));
}

TEST_CASE("seconds that make no sense count as none", "[usage]") {
  Used place;
  for (const double seconds : {-1.0, 1e300, std::numeric_limits<double>::quiet_NaN()})
    place.store.usage().disk_hit(seconds);
  place.store.usage().save();
  CHECK(place.recorded() == UseCounts{{0, 3}});
}

TEST_CASE("what could not be recorded is recorded later", "[usage]") {
  Used place;
  write_text(place.root() / "stats", "x");
  place.store.usage().disk_hit(0);
  place.store.usage().save();
  fs::remove(place.root() / "stats");
  place.store.usage().disk_hit(0);
  place.store.usage().save();
  CHECK(place.recorded(Use::disk_hits) == 2);
}

TEST_CASE("a damaged entry is counted by the store that puts it aside", "[usage]") {
  Used place;
  place.write(Bytes{1, 2, 3});
  Warnings warnings;
  CHECK_FALSE(place.store.read(signature, slot));
  place.store.usage().save();
  CHECK(place.recorded(Use::quarantined) == 1);
}

TEST_CASE("after fork() each counts its own", "[usage]") {
  Used place;
  Usage& usage = place.store.usage();
  usage.compiled(0);
  for (int i = 0; i < 5; ++i) usage.disk_hit(0);  // not saved yet
  const std::string failure = in_child([&] {
    usage.memory_hit();  // not known to be the child's
    usage.disk_hit(0);
    usage.memory_hit();
    usage.save();
    const std::string grandchild = in_child([&] {
      usage.disk_hit(0);
      usage.save();
    });
    expect(grandchild.empty(), grandchild);
    usage.disk_hit(0);
    usage.save();
  });
  CHECK(failure == "");
  CHECK(place.recorded() == UseCounts{{1, 3}});
  usage.save();
  CHECK(place.recorded() == UseCounts{{1, 8, 1}});
}

TEST_CASE("a child that saves before it has counted records nothing of its parent's", "[usage]") {
  Used place;
  place.store.usage().disk_hit(0);
  CHECK(in_child([&] { place.store.usage().save(); }) == "");
  CHECK(place.recorded().empty());
}

TEST_CASE("threads count and save at once", "[usage]") {
  Used place;
  Usage& usage = place.store.usage();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&usage] {
      for (int i = 0; i < 200; ++i) {
        usage.memory_hit();
        usage.disk_hit(1e-6);
        usage.save();
      }
    });
  for (std::thread& thread : threads) thread.join();
  usage.save();
  CHECK(place.recorded() == UseCounts{{1600, 1600, 0, 0, 0, 0, 0, 1600}});
}
