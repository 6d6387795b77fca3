// The records of use: what a line says, who adds to which file, and that sums replace lines without counting twice.
#include "cache/store/usage_records.h"
#include "support/file.h"
#include "unittests/cache/store_fixture.h"
#include "unittests/support/file_systems.h"

#include <dijitso/error.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <memory>
#include <thread>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

constexpr std::time_t hour = 3600, day_long = 24 * hour;
constexpr std::time_t nov_27 = 1795737600;  // 2026-11-27 00:00:00 UTC
constexpr std::time_t dec_2 = nov_27 + 5 * day_long;

// A cache directory that exists, and counts to add to it.
struct Place : CachePlace {
  Place() {
    fs::create_directories(root() / "obj");
    for (const fs::path& path : {root(), root() / "obj"}) fs::permissions(path, fs::perms::owner_all);
  }
  bool add(std::uint64_t hits, std::time_t now = nov_27) {
    UseCounts counts{};
    counts[Use::disk_hits] = hits;
    Directory directory(params, Directory::Role::own);
    return append_record(directory, counts, now);
  }
  void merge(std::time_t now) {
    Directory directory(params, Directory::Role::own);
    merge_records(directory, now);
  }
  UsageHistory read() const { return read_records(Layout(params)); }
  std::uint64_t hits() const { return read().total()[Use::disk_hits]; }
  fs::path stats() const { return root() / "stats"; }
  fs::path file() const { return stats() / "202611" / machine_name(); }
};

std::string refusal(const std::string& line) { return decode_record(line) ? "accepted: " + line : ""; }

}  // namespace

TEST_CASE("a record names what is not zero", "[usage]") {
  UseCounts counts{};
  CHECK(encode_record(20261127, counts) == "20261127 .");
  counts[Use::memory_hits] = 1;
  counts[Use::saved_us] = 2000000;
  CHECK(encode_record(20261127, counts) == "20261127 memory_hits=1 saved_us=2000000 .");
  for (std::size_t i = 0; i < use_count; ++i) counts.at(i) = 10 + i;
  const auto record = decode_record(encode_record(20261231, counts));
  REQUIRE(record);
  CHECK(*record == std::pair(Day{20261231}, counts));
}

TEST_CASE("a record with a name of a later version is read without it", "[usage]") {
  const auto record = decode_record("20261127 disk_hits=3 sent_by_pigeon=4 .");
  REQUIRE(record);
  CHECK(record->second[Use::disk_hits] == 3);
}

TEST_CASE("what is no record, or was cut off, is refused", "[usage]") {
  const std::string line = "20261127 memory_hits=12 disk_hits=345 .";
  REQUIRE(decode_record(line));
  for (std::size_t size = 0; size < line.size(); ++size) CHECK(refusal(line.substr(0, size)).empty());
  for (const char* wrong : {"",
                            ".",
                            " .",
                            "20261127",
                            "2026112 .",
                            "202611270 .",
                            "20261327 .",
                            "20261100 .",
                            "20261132 .",
                            "00000000 .",
                            "-2026112 .",
                            "20261127 disk_hits .",
                            "20261127 disk_hits= .",
                            "20261127 disk_hits=-1 .",
                            "20261127 disk_hits=1x .",
                            "20261127 disk_hits=1e3 .",
                            "20261127 disk_hits=99999999999999999999 .",
                            "20261127 disk_hits=1000000000000001 .",
                            "20261127  disk_hits=1 .",
                            "20261127 disk_hits=1 . x",
                            "20261127\tdisk_hits=1 ."}) {
    CHECK(refusal(wrong).empty());
  }
}

TEST_CASE("records add up by day; one machine has one file for a month", "[usage]") {
  Place place;
  REQUIRE(place.add(1));
  REQUIRE(place.add(2));
  REQUIRE(place.add(4, nov_27 + day_long));
  CHECK(names_in(place.stats()) == std::vector<std::string>{"202611"});
  CHECK(names_in(place.stats() / "202611") == std::vector<std::string>{machine_name()});
  const UsageHistory history = place.read();
  CHECK(history.days.size() == 2);
  CHECK(history.days.at(20261127)[Use::disk_hits] == 3);
  CHECK(history.days.at(20261128)[Use::disk_hits] == 4);
  CHECK(history.total()[Use::disk_hits] == 7);
  CHECK(history.unreadable.empty());
  struct stat info{};
  REQUIRE(::stat(place.file().c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
}

TEST_CASE("those who share a cache in a group can add to one file, whatever their umask", "[usage]") {
  Place place;
  place.params.shared_group = true;
  const mode_t before = ::umask(0077);
  const bool added = place.add(1);
  ::umask(before);
  REQUIRE(added);
  CHECK((fs::status(place.file()).permissions() & fs::perms::mask) == fs::perms(0660));
}

TEST_CASE("nothing is added where nothing can be", "[usage]") {
  Place place;
  Warnings warnings;
  SECTION("there is no cache directory, and none is made") {
    fs::remove_all(place.root());
    CHECK_FALSE(place.add(1));
    CHECK_FALSE(fs::exists(place.root()));
  }
  SECTION("a file where the directory should be") {
    write_text(place.stats(), "x");
    CHECK_FALSE(place.add(1));
  }
  SECTION("a FIFO in place of the file: nobody waits for its reader") {
    fs::create_directories(place.file().parent_path());
    REQUIRE(::mkfifo(place.file().c_str(), 0600) == 0);
    CHECK_FALSE(place.add(1));
  }
  SECTION("a link in place of the file is not followed") {
    fs::create_directories(place.file().parent_path());
    fs::create_symlink(place.root() / "elsewhere", place.file());
    CHECK_FALSE(place.add(1));
    CHECK_FALSE(fs::exists(place.root() / "elsewhere"));
  }
  SECTION("a directory in place of the file") {
    fs::create_directories(place.file());
    CHECK_FALSE(place.add(1));
  }
  CHECK(warnings.all().empty());
  CHECK(place.hits() == 0);
}

TEST_CASE("nothing is added to a directory of others", "[usage]") {
  Place place;
  fs::permissions(place.root(), fs::perms(0777));
  Warnings warnings;
  CHECK_FALSE(place.add(1));
  CHECK_FALSE(fs::exists(place.stats()));
  CHECK_THAT(warnings.only(), Catch::Contains("written by everybody"));  // as the first use of a directory says
}

TEST_CASE("a full or read-only disk costs the record only, and the next one stands alone", "[usage]") {
  const std::string failure = in_child([] {
    Place place;
    const std::string root = place.root();
    mount_small(root, "64k");
    expect(place.add(1), "nothing could be added");
    std::string rest(64 << 10, 'x');
    std::ofstream(root + "/rest") << rest;  // as much as there is room for
    bool was_full = false;
    for (int i = 0; i < 1000 && !was_full; ++i) was_full = !place.add(1);
    expect(was_full, "the disk was never full");
    const auto before = place.read();
    fs::remove(root + "/rest");
    expect(place.add(1000), "nothing could be added to a disk with room");
    expect(place.hits() == before.total()[Use::disk_hits] + 1000, "the record that followed is lost");
    make_read_only(root);
    expect(!place.add(1), "something was added to a read-only directory");
    expect(place.hits() == before.total()[Use::disk_hits] + 1000, "a read-only directory is not read");
  });
  CHECK(failure.empty());
  INFO(failure);
}

TEST_CASE("processes and threads that add at once lose nothing", "[usage]") {
  Place place;
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 8; ++i)
    children.push_back(std::make_unique<Child>([&place] {
      std::vector<std::thread> threads;
      for (int t = 0; t < 4; ++t)
        threads.emplace_back([&place] {
          for (int k = 0; k < 50; ++k) expect(place.add(3), "nothing could be added");
        });
      for (std::thread& thread : threads) thread.join();
    }));
  for (const auto& child : children) CHECK(child->finish().empty());
  CHECK(place.hits() == 8 * 4 * 50 * 3);
  CHECK(place.read().unreadable.empty());
}

TEST_CASE("bad files are told, and the others counted", "[usage]") {
  Place place;
  REQUIRE(place.add(5));
  const fs::path month = place.file().parent_path();
  const auto reasons = [&] {
    std::string all;
    for (const std::string& reason : place.read().unreadable) all += reason + "\n";
    return all;
  };
  SECTION("foreign lines, one cut off, and bytes") {
    write_text(month / "other", std::string("\n20261127 disk_hits=7 .\nhello\n\0\xff\n20261127 disk_hits=", 53));
    CHECK(place.hits() == 12);
    CHECK_THAT(reasons(), Catch::Contains("other' has 3 lines that are no record"));
  }
  SECTION("one wrong line") {
    write_text(month / "other", "hello\n");
    CHECK_THAT(reasons(), Catch::Contains("other' has 1 line that is no record"));
    CHECK(place.hits() == 5);
  }
  SECTION("a huge file is not looked into") {
    write_text(month / "other", "");
    fs::resize_file(month / "other", std::uintmax_t{1} << 40);
    CHECK_THAT(reasons(), Catch::Contains("other': File too large"));
    CHECK(place.hits() == 5);
  }
  SECTION("pipes, links, directories and other names are nothing") {
    REQUIRE(::mkfifo((month / "pipe").c_str(), 0600) == 0);
    fs::create_symlink(place.file(), month / "link");
    fs::create_directory(month / "dir");
    fs::create_directory(place.stats() / "2026");
    fs::create_directory_symlink(month, place.stats() / "202610");
    write_text(place.stats() / "20261.sum", "20261127 disk_hits=7 .\n");
    write_text(place.stats() / "202609", "20261127 disk_hits=7 .\n");
    CHECK(reasons().empty());
    CHECK(place.hits() == 5);
  }
  SECTION("a link in place of the whole directory is not followed") {
    fs::rename(place.stats(), place.root() / "moved");
    fs::create_directory_symlink(place.root() / "moved", place.stats());
    CHECK_THAT(reasons(), Catch::Contains("symbolic links are not followed"));
    CHECK(place.hits() == 0);
  }
}

TEST_CASE("a month that is over becomes one file, with its days", "[usage]") {
  Place place;
  REQUIRE(place.add(1));
  REQUIRE(place.add(2, nov_27 + day_long));
  write_text(place.stats() / "202611" / "other.host", "20261127 disk_hits=4 .\n");
  REQUIRE(place.add(8, dec_2));
  SECTION("not before a day has gone by") {
    place.merge(nov_27 + 4 * day_long + 23 * hour);
    CHECK(fs::exists(place.stats() / "202611"));
  }
  SECTION("then it is") {
    place.merge(dec_2);
    place.merge(dec_2);
    CHECK(names_in(place.stats()) == std::vector<std::string>{"202611.sum", "202612"});
    CHECK(read_text(place.stats() / "202611.sum") == "20261127 disk_hits=5 .\n20261128 disk_hits=2 .\n");
  }
  SECTION("and counts once, when whoever summed it was killed before the rest") {
    write_text(place.stats() / "202611.sum", "20261127 disk_hits=5 .\n20261128 disk_hits=2 .\n");
    CHECK(place.hits() == 15);
    place.merge(dec_2);
    CHECK_FALSE(fs::exists(place.stats() / "202611"));
  }
  SECTION("without a line that a full disk has cut off") {
    std::ofstream(place.file(), std::ios::app) << "\n20261127 disk_hi";
    place.merge(dec_2);
    CHECK_FALSE(fs::exists(place.stats() / "202611"));
  }
  SECTION("unless something in it is not dijitso's") {
    write_text(place.stats() / "202611" / "bad", "hello\n");
    place.merge(dec_2);
    CHECK(fs::exists(place.stats() / "202611"));
    CHECK_FALSE(fs::exists(place.stats() / "202611.sum"));
  }
  CHECK(place.hits() == 15);
}

TEST_CASE("a month that was summed by a clock that was ahead loses nothing", "[usage]") {
  Place place;
  REQUIRE(place.add(1));
  place.merge(nov_27 + 40 * day_long);
  CHECK(names_in(place.stats()) == std::vector<std::string>{"202611.sum"});
  REQUIRE(place.add(2));
  CHECK(place.hits() == 3);
  place.merge(nov_27 + 80 * day_long);
  REQUIRE(place.add(4));
  CHECK(place.hits() == 7);
  CHECK(place.read().days.size() == 1);
}

TEST_CASE("a file that has become large gives way to a new one, and becomes its own sum", "[usage]") {
  Place place;
  REQUIRE(place.add(1));
  std::string lines;
  while (lines.size() <= 1 << 20) lines += "\n20261127 disk_hits=1 .\n";
  const std::uint64_t before = 1 + lines.size() / 24;
  std::ofstream(place.file(), std::ios::app) << lines;
  REQUIRE(place.add(1));  // the last one that goes there
  REQUIRE(place.add(1));
  std::vector<std::string> names = names_in(place.file().parent_path());
  REQUIRE(names.size() == 2);
  std::erase(names, machine_name());
  REQUIRE(names.size() == 1);
  const fs::path full = place.file().parent_path() / names[0];
  CHECK(place.hits() == before + 2);
  const std::time_t made = std::time(nullptr);
  place.merge(made + hour - 60);
  CHECK(fs::file_size(full) > 1 << 20);
  // In the month of the records, for it is not over then; its age is what the file system says.
  const struct timespec old[2] = {{nov_27, 0}, {nov_27, 0}};
  REQUIRE(::utimensat(AT_FDCWD, full.c_str(), old, 0) == 0);
  place.merge(nov_27 + 2 * hour);
  place.merge(nov_27 + 2 * hour);
  CHECK(read_text(full) == "20261127 disk_hits=" + std::to_string(before + 1) + " .\n");
  CHECK(place.hits() == before + 2);
}

TEST_CASE("several that sum at once, while others add, lose nothing", "[usage]") {
  Place place;
  for (int host = 0; host < 50; ++host) {
    fs::create_directories(place.file().parent_path());
    write_text(place.file().parent_path() / ("host" + std::to_string(host)), "20261127 disk_hits=1 .\n");
  }
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 6; ++i)
    children.push_back(std::make_unique<Child>([&place] {
      for (int k = 0; k < 20; ++k) {
        place.merge(dec_2);
        expect(place.add(1, dec_2), "nothing could be added");
        expect(place.read().days[20261127][Use::disk_hits] == 50, "a sum is wrong meanwhile");
      }
    }));
  for (const auto& child : children) CHECK(child->finish() == "");
  CHECK(place.hits() == 50 + 6 * 20);
}

TEST_CASE("all records are removed on request, and nothing else", "[usage]") {
  Place place;
  REQUIRE(place.add(1));
  REQUIRE(place.add(1, dec_2));
  place.merge(dec_2);
  fs::create_directory(place.stats() / "202401");
  write_text(place.stats() / "mine", "x");
  write_text(place.stats() / "202401/mine", "x");
  remove_records(place.params);
  CHECK(place.hits() == 0);
  CHECK(names_in(place.stats()) == std::vector<std::string>{"202401", "mine"});
  CHECK(fs::exists(place.stats() / "202401/mine"));
  REQUIRE(place.add(1));
  CHECK(place.hits() == 1);
  fs::permissions(place.root(), fs::perms(0777));
  CHECK_THROWS_WITH(remove_records(place.params), Catch::Contains("nothing is removed"));
  CHECK(place.hits() == 1);
}
