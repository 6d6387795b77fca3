#include "cache/inspect/entry_files.h"

#include "unittests/cache/store_fixture.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

// An entry of any signature in a cache directory, as old as that many hours.
fs::path add(const fs::path& root, const std::string& name, int hours) {
  const fs::path file = root / "obj" / name;
  fs::create_directories(file.parent_path());
  write_text(file, "x");
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(hours));
  return file;
}

std::string fault_of(const EntryFile& file) {
  const auto read = read_entry_file(file);
  return std::holds_alternative<std::string>(read) ? std::get<std::string>(read) : "none";
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
  auto read = read_entry_file(file);
  REQUIRE(std::holds_alternative<StoredEntry>(read));
  CHECK(*std::get<StoredEntry>(read).bytes == whole);
  CHECK(same(std::get<StoredEntry>(read).entry, std::get<Entry>(decode(whole))));

  Bytes damaged = whole;
  damaged[70] ^= 1;
  place.write(damaged);
  CHECK(fault_of(file) == "its digest does not match its contents");
  CHECK(fs::exists(file.file));
  CHECK_FALSE(fs::exists(place.root() / "quarantine"));
  place.write(whole);
  file.signature = "poisson_2";
  CHECK(fault_of(file) == "it contains the module 'poisson_1'");
  fs::remove(file.file);
  CHECK(fault_of(file) == "it is not there any more");
  fs::create_directory(file.file);
  CHECK(fault_of(file) == "Is a directory");
}
