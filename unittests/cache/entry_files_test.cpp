#include "cache/store/entry_files.h"

#include "unittests/cache/store_fixture.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;
using Catch::Matchers::EndsWith;

namespace {

// An entry of any signature in a cache directory, as old as that many hours.
fs::path add(const fs::path& root, const std::string& name, int hours) {
  const fs::path file = root / "obj" / name;
  fs::create_directories(file.parent_path());
  write_text(file, "x");
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(hours));
  return file;
}

}  // namespace

TEST_CASE("files with names of entries, newest first, of the own directory first", "[entry_files]") {
  CachePlace place;
  place.params.readonly_dirs = {place / "site", place / "absent"};
  add(place.root(), "b.0123456789abcdef.o", 1);
  add(place.root(), "a.0123456789abcdef.o", 2);
  add(place.root(), "a.fedcba9876543210.o", 1);
  add(place.root(), "a.o", 1);
  add(place / "site", "a.0000000000000000.o", 0);
  REQUIRE(::mkfifo((place.root() / "obj/c.0123456789abcdef.o").c_str(), 0600) == 0);
  fs::create_symlink(place.root() / "obj/b.0123456789abcdef.o", place.root() / "obj/d.0123456789abcdef.o");
  std::vector<std::string> names;
  for (const EntryFile& file : list_entry_files(place.params)) names.push_back(file.name());
  CHECK(names == std::vector<std::string>{"a.fedcba9876543210", "a.0123456789abcdef", "b.0123456789abcdef",
                                          "a.0000000000000000"});
  CHECK(list_entry_files(place.params).back().file == place / "site" / "obj" / "a.0000000000000000.o");
}

TEST_CASE("an entry is read when it can be verified, and stays where it is when not", "[entry_files]") {
  CachePlace place;
  const Bytes whole = sample_bytes();
  place.write(whole);
  EntryFile file = list_entry_files(place.params).at(0);
  CHECK(file.bytes == whole.size());
  const EntryReading read = inspect_entry(file.file);
  REQUIRE(read.state == EntryState::sound);
  CHECK(*read.stored.bytes == whole);
  CHECK(same(read.stored.entry, std::get<Entry>(decode(whole))));

  Bytes damaged = whole;
  damaged[70] ^= 1;
  place.write(damaged);
  const auto expect = [&](EntryState state, const std::string& reason) {
    const EntryReading reading = inspect_entry(file.file);
    CHECK(reading.state == state);
    CHECK_THAT(reading.reason, EndsWith(reason));
  };
  expect(EntryState::damaged, "its digest does not match its contents");
  CHECK(fs::exists(file.file));
  CHECK_FALSE(fs::exists(place.root() / "quarantine"));
  place.write(whole);
  const fs::path other = Layout(place.params).obj_file("poisson_2", slot);
  fs::rename(file.file, other);
  file.file = other;
  expect(EntryState::misnamed, "it contains the module 'poisson_1'");
  fs::remove(file.file);
  expect(EntryState::absent, "it is not there any more");
  fs::create_directory(file.file);
  expect(EntryState::unreadable, "Is a directory");
}
