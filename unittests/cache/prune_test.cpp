#include "cache/prune/prune.h"

#include "cache/format/precompiled.h"
#include "cache/store/store.h"
#include "unittests/support/file_systems.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

Digest slot_of(int number) { return blake3(std::to_string(number)); }

// Files of 100 bytes, as precompiled headers are called, the one with the highest number used last.
struct Place : Scratch {
  Place() {
    params.cache_dir = path() / "c";
    fs::create_directories(layout().obj_dir());
    fs::permissions(path() / "c", fs::perms::owner_all);
    fs::permissions(layout().obj_dir(), fs::perms::owner_all);
  }
  Layout layout() const { return Layout(params_of_precompiled(params)); }
  fs::path file(int number) const { return layout().obj_file(prelude_signature, slot_of(number)); }
  void add(int number) const {
    write_text(file(number), std::string(100, 'x'));
    const struct timespec times[2] = {{1'000'000 + number, 0}, {1'000'000 + number, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file(number).c_str(), times, 0) == 0);
  }
  std::string left() const {
    std::string numbers;
    for (int number = 1; number <= 9; ++number)
      if (fs::exists(file(number))) numbers += std::to_string(number);
    return numbers;
  }
  CacheParams params;
};

}  // namespace

TEST_CASE("precompiled headers used longest ago are removed first") {
  const Place place;
  for (int number : {3, 1, 5, 2, 4}) place.add(number);
  CHECK(prune_precompiled(place.params, std::nullopt, 500).files == 0);
  CHECK(place.left() == "12345");
  const Pruned pruned = prune_precompiled(place.params, std::nullopt, 300);
  CHECK(pruned.files == 2);
  CHECK(pruned.bytes == 200);
  CHECK(place.left() == "345");
  CHECK(prune_precompiled(place.params).files == 0);
  CHECK(prune_precompiled(place.params, std::nullopt, 0).files == 3);
  CHECK(place.left().empty());
}

TEST_CASE("precompiled headers that were just written stay, however old they look and large they are") {
  const Place place;
  for (int number : {1, 2, 3}) place.add(number);
  prune_precompiled(place.params, slot_of(1), 200);
  CHECK(place.left() == "13");
  prune_precompiled(place.params, slot_of(1), 50);
  CHECK(place.left() == "1");
}

TEST_CASE("a use of precompiled headers keeps them") {
  const Place place;
  for (int number : {1, 2, 3}) place.add(number);
  Store store(params_of_precompiled(place.params));
  store.note_use(prelude_signature, slot_of(1));
  store.note_use(prelude_signature, slot_of(7));
  CHECK(place.left() == "123");
  prune_precompiled(place.params, std::nullopt, 200);
  CHECK(place.left() == "13");
}

TEST_CASE("nothing but precompiled headers is removed") {
  const Place place;
  place.add(1);
  const fs::path dir = place.layout().obj_dir();
  write_text(dir / "notes.txt", std::string(100, 'x'));
  write_text(dir / "poisson.0123456789abcdef.o", std::string(100, 'x'));
  write_text(place / "outside", "x");
  fs::create_symlink(place / "outside", place.file(2));
  fs::create_directory(place.file(3));
  CHECK(prune_precompiled(place.params, std::nullopt, 0).files == 1);
  CHECK(place.left() == "23");
  CHECK(fs::exists(place / "outside"));
  CHECK(fs::exists(dir / "notes.txt"));
  CHECK(fs::exists(dir / "poisson.0123456789abcdef.o"));
}

TEST_CASE("a folder of precompiled headers that is absent, of no use or not ours is left alone") {
  const Place place;
  CacheParams other = place.params;
  other.cache_dir = place / "absent";
  CHECK(prune_precompiled(other, std::nullopt, 0).files == 0);
  CHECK_FALSE(fs::exists(place / "absent"));
  other.cache_dir = "";
  CHECK(prune_precompiled(other, std::nullopt, 0).files == 0);
  place.add(1);
  fs::permissions(place.layout().obj_dir(), fs::perms::others_write, fs::perm_options::add);
  CHECK(prune_precompiled(place.params, std::nullopt, 0).files == 0);
  CHECK(place.left() == "1");
}

TEST_CASE("precompiled headers on a read-only file system are used and pruned without a word") {
  const Place place;
  CHECK(in_child([&] {
          mount_small(place / "c", "1m");
          fs::create_directories(place.layout().obj_dir());
          fs::permissions(place.layout().obj_dir(), fs::perms::owner_all);
          place.add(1);
          make_read_only(place / "c");
          const Warnings warnings;
          Store store(params_of_precompiled(place.params));
          store.note_use(prelude_signature, slot_of(1));
          expect(prune_precompiled(place.params, std::nullopt, 0).files == 0, "something was removed");
          expect(place.left() == "1", "it is gone");
          expect(warnings.all().empty(), "a warning");
        }) == "");
}
