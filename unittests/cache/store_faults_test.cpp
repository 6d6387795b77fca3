// The store in bad circumstances: damaged entries, and directories that are read-only, full, foreign or gone.
#include "cache/store/store.h"
#include "support/file.h"
#include "unittests/cache/store_fixture.h"
#include "unittests/support/file_systems.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <thread>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

std::size_t entries_in_quarantine(const CachePlace& place) { return names_in(place.root() / "quarantine").size(); }

}  // namespace

TEST_CASE("an entry with any changed bit, or cut anywhere, is put aside and counts as absent", "[store]") {
  CachePlace place;
  const Bytes good = sample_bytes();
  Store store(place.params);
  REQUIRE(publish(store, good));
  Warnings warnings;
  std::size_t tried = 0;
  std::size_t accepted = 0;
  auto try_bytes = [&](const Bytes& bytes) {
    place.write(bytes);
    ++tried;
    accepted += store.read(signature, slot).has_value() || fs::exists(place.file());
  };
  for (std::size_t size = 0; size < good.size(); ++size)
    try_bytes(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Bytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    try_bytes(bytes);
  }
  CHECK(accepted == 0);
  CHECK(store.quarantined() == tried);
  CHECK(entries_in_quarantine(place) == tried);
  CHECK(warnings.all().size() == tried);
  CHECK_THAT(warnings.all()[0], Catch::Contains(place.file().string()) && Catch::Contains("it is empty") &&
                                    Catch::Contains("built again"));
  REQUIRE(publish(store, good));
  CHECK(*store.read(signature, slot)->bytes == good);
}

TEST_CASE("what is no file at all is put aside without waiting for it", "[store]") {
  CachePlace place;
  Store store(place.params);
  REQUIRE(publish(store, sample_bytes()));
  fs::remove(place.file());
  SECTION("a FIFO") { REQUIRE(::mkfifo(place.file().c_str(), 0600) == 0); }
  SECTION("a directory") { fs::create_directory(place.file()); }
  SECTION("a link to itself") { fs::create_symlink(place.file(), place.file()); }
  SECTION("a file of absurd size") {
    write_text(place.file(), "");
    REQUIRE(::truncate(place.file().c_str(), off_t{1} << 42) == 0);
  }
  Warnings warnings;
  CHECK_FALSE(store.read(signature, slot));
  CHECK(store.quarantined() == 1);
  CHECK(warnings.all().size() == 1);
  CHECK(publish(store, sample_bytes()));
  CHECK(store.read(signature, slot));
}

TEST_CASE("an entry of another version of dijitso is absent and stays", "[store]") {
  CachePlace place;
  Bytes bytes = sample_bytes();
  bytes[bytes.size() - 48] ^= 0x40;
  Digest digest = blake3(ByteView(bytes).first(bytes.size() - 32));
  std::copy(digest.bytes.begin(), digest.bytes.end(), bytes.end() - 32);
  place.write(bytes);
  Warnings warnings;
  Store store(place.params);
  CHECK_FALSE(store.read(signature, slot));
  CHECK(fs::exists(place.file()));
  CHECK(warnings.all().empty());
}

TEST_CASE("damage in a directory that cannot be written is ignored with a warning", "[store]") {
  CachePlace place;
  CHECK(in_child([&] {
          fs::create_directory(place.root());
          mount_small(place.root(), "64k");
          place.write(Bytes{1, 2, 3});
          make_read_only(place.root());
          Warnings warnings;
          Store store(place.params);
          expect(!store.read(signature, slot), "a damaged entry was read");
          expect(store.quarantined() == 0, "counted");
          expect(warnings.all().back().find("cannot be moved to") != std::string::npos, warnings.only());
        }) == "");
}

TEST_CASE("what a slow reader puts aside may be good by then, and is put back", "[store]") {
  // Many readers find the same damaged entry while one publishes a good one over it.
  CachePlace place;
  Store first(place.params);
  REQUIRE(publish(first, sample_bytes()));
  Warnings warnings;
  const Bytes good = sample_bytes();
  for (int round = 0; round < 50; ++round) {
    Store store(place.params);
    place.write(Bytes{1, 2, 3});
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (int look = 0; look < 5; ++look) {
          if (!store.read(signature, slot))
            publish_file(place.file(), place.root() / "tmp", good, 0444, Publish::first_wins, Durability::relaxed);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(store.read(signature, slot));
    CHECK(store.quarantined() == 1);
  }
}

TEST_CASE("a directory that is refused is neither read nor written", "[store]") {
  CachePlace place;
  REQUIRE(publish(*std::make_unique<Store>(place.params), sample_bytes()));
  fs::permissions(place.root(), fs::perms(0777));
  Warnings warnings;
  Store store(place.params);
  CHECK_FALSE(store.read(signature, slot));
  CHECK_FALSE(publish(store, sample_bytes("two"), true));
  CHECK(store.claim(signature, slot).state() == Claim::State::unavailable);
  CHECK_THAT(warnings.only(), Catch::Contains("written by everybody"));
  fs::permissions(place.root(), fs::perms(0700));
  CHECK(Store(place.params).read(signature, slot)->entry.header == "int f();\n");
}

TEST_CASE("a directory that cannot be written is one warning", "[store]") {
  CachePlace place;
  SECTION("a file in the place of its parent") {
    Warnings warnings;
    Store store(place.params);
    write_text(place.root(), "");
    CHECK_FALSE(publish(store, sample_bytes()));
    CHECK_FALSE(publish(store, sample_bytes()));
    CHECK(warnings.all().size() == 1);
  }
  SECTION("read-only: what is there is read") {
    CHECK(in_child([&] {
            fs::create_directory(place.root());
            mount_small(place.root(), "64k");
            expect(publish(*std::make_unique<Store>(place.params), sample_bytes()), "not published");
            make_read_only(place.root());
            Warnings warnings;
            Store store(place.params);
            expect(store.read(signature, slot).has_value(), "not read");
            expect(!store.publish("new", slot, sample_bytes(), "h", "s", "l", false), "published");
            expect(!store.publish("newer", slot, sample_bytes(), "h", "s", "l", false), "published");
            expect(store.claim("new", slot).state() == Claim::State::unavailable, "claimed");
            expect(warnings.only().find("Read-only file system") != std::string::npos, warnings.only());
          }) == "");
  }
  SECTION("no permission") {
    fs::create_directory(place.root());
    fs::permissions(place.path(), fs::perms(0755));
    fs::permissions(place.root(), fs::perms(0555));
    if (::geteuid() == 0) REQUIRE(::chown(place.root().c_str(), 65534, 65534) == 0);
    CHECK(in_child([&] {
            become_nobody();
            Warnings warnings;
            Store store(place.params);
            expect(!publish(store, sample_bytes()), "published");
            expect(!publish(store, sample_bytes()), "published");
            expect(warnings.only().find("Permission denied") != std::string::npos, warnings.only());
            expect(warnings.only().find("DIJITSO_CACHE_DIR") != std::string::npos, warnings.only());
          }) == "");
  }
}

TEST_CASE("a full disk is one warning and leaves nothing", "[store]") {
  CachePlace place;
  CHECK(in_child([&] {
          fs::create_directory(place.root());
          mount_small(place.root(), "64k");
          Warnings warnings;
          Store store(place.params);
          const Bytes large = encode(sample_entry(), sample_object(std::string(200000, 'x')));
          expect(!publish(store, large), "published");
          expect(!publish(store, large), "published");
          expect(warnings.only().find("No space left on device") != std::string::npos, warnings.only());
          expect(names_in(place.root() / "tmp").empty(), "a temporary file was left");
          expect(names_in(place.root() / "obj").empty(), "an entry was left");
          expect(publish(store, sample_bytes()), "a small entry does not fit");
          expect(store.read(signature, slot).has_value(), "the small entry is not read");
        }) == "");
}

TEST_CASE("a directory that is removed while it is used is made again", "[store]") {
  CachePlace place;
  Store store(place.params);
  REQUIRE(publish(store, sample_bytes()));
  fs::remove_all(place.root());
  CHECK_FALSE(store.read(signature, slot));
  CHECK(publish(store, sample_bytes()));
  CHECK(store.read(signature, slot));
}

TEST_CASE("a file in the place of the claims directory costs claims, not results", "[store]") {
  CachePlace place;
  Store store(place.params);
  REQUIRE(publish(store, sample_bytes()));
  fs::remove(place.root() / "claims");
  write_text(place.root() / "claims", "");
  CHECK(store.claim(signature, slot).state() == Claim::State::unavailable);
  CHECK(publish(store, sample_bytes("two"), true));
  CHECK(store.read(signature, slot)->entry.header == "two");
}

TEST_CASE("a warning is given with no lock held", "[store]") {
  // The handler waits for another thread that uses the same store.
  CachePlace place;
  fs::create_directory(place.root());
  write_text(place.root() / "include", "");
  Store store(place.params);
  const log::Handler before = log::get_log_handler();
  int warnings = 0;
  log::set_log_handler([&](log::Level, std::string_view) {
    ++warnings;
    std::thread([&] { publish(store, sample_bytes()); }).join();
  });
  CHECK_FALSE(publish(store, sample_bytes()));
  log::set_log_handler(before);
  CHECK(warnings == 1);
}

TEST_CASE("an entry that somebody else may have written is not read, and built again", "[store]") {
  CachePlace place;
  Store store(place.params);
  REQUIRE(publish(store, sample_bytes("theirs")));
  REQUIRE(::chmod(place.file().c_str(), 0666) == 0);
  const Warnings warnings;
  CHECK_FALSE(store.read(signature, slot));
  CHECK_THAT(warnings.only(), Catch::Contains("others can write it") && Catch::Contains("quarantine"));
  CHECK(publish(store, sample_bytes("ours")));
  CHECK(store.read(signature, slot)->entry.header == "ours");
  if (::geteuid() != 0) return;  // only root can give a file away
  REQUIRE(::chown(place.file().c_str(), 4711, 4711) == 0);
  CHECK_FALSE(store.read(signature, slot));
  CHECK_FALSE(fs::exists(place.file()));
  CHECK(names_in(place.root() / "quarantine").size() == 2);
}

TEST_CASE("a damaged entry that cannot be put aside is replaced", "[store]") {
  CachePlace place;
  Store store(place.params);
  REQUIRE(publish(store, sample_bytes()));
  write_text(place.file(), "damaged");
  fs::remove_all(place.root() / "quarantine");
  write_text(place.root() / "quarantine", "");
  const Warnings warnings;
  CHECK_FALSE(store.read(signature, slot));
  CHECK_FALSE(store.read(signature, slot));
  CHECK_THAT(warnings.only(), Catch::Contains("cannot be moved to"));
  CHECK_FALSE(store.quarantine(place.file(), "for a test"));
  CHECK(store.quarantined() == 0);
  CHECK(publish(store, sample_bytes()));
  CHECK(*Store(place.params).read(signature, slot)->bytes == sample_bytes());
}

TEST_CASE("what can neither be put aside nor replaced is one warning, and nothing is published", "[store]") {
  CachePlace place;
  fs::create_directories(place.file() / "full");
  write_text(place.root() / "quarantine", "");
  for (const fs::path& dir : {place.root(), place.root() / "obj"}) fs::permissions(dir, fs::perms::owner_all);
  Store store(place.params);
  const Warnings warnings;
  CHECK_FALSE(store.read(signature, slot));
  CHECK_FALSE(publish(store, sample_bytes()));
  CHECK_FALSE(store.read(signature, slot));
  CHECK_THAT(warnings.only(), Catch::Contains("cannot be moved to"));
}
