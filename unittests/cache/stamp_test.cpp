#include "cache/store/stamp.h"

#include "unittests/cache/header_files.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <utility>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

TEST_CASE("a file is described by what the compiler read", "[stamp]") {
  const Scratch scratch;
  const std::string name = write_header(scratch / "a.h", "text", 1000000000);
  const ReadFile file = FileDigests::describe(name, blake3("as read"), later());
  struct stat info;
  REQUIRE(::stat(name.c_str(), &info) == 0);
  CHECK(file.size == 4);
  CHECK(file.mtime_ns == 1000000000 * second);
  CHECK(file.inode == Inode{info.st_dev, info.st_ino, info.st_ctim.tv_sec * second + info.st_ctim.tv_nsec});
  CHECK(file.digest == blake3("as read"));
}

TEST_CASE("the time of a file that may have been written during the compile is not believed", "[stamp]") {
  const Scratch scratch;
  const std::string name = write_header(scratch / "a.h", "edited since", 1000000000);
  // That the modification time is old says nothing: anybody can set it.
  for (const std::int64_t began : {1000000010 * second, now_ns() - second, now_ns()}) {
    const ReadFile file = FileDigests::describe(name, blake3("as read"), began);
    CHECK(file.mtime_ns == 0);
    CHECK(FileDigests().current(file) == blake3("edited since"));
  }
  CHECK(FileDigests::describe(scratch / "absent", blake3("as read"), later()).mtime_ns == 0);
}

TEST_CASE("size, times and i-node are believed, and else the content decides", "[stamp]") {
  const Scratch scratch;
  FileDigests digests;
  const std::string name = write_header(scratch / "a.h", "text", 1000000000);
  ReadFile known = described(name);
  known.digest = blake3("not read again");
  CHECK(digests.current(known) == known.digest);
  for (std::uint64_t* part : {&known.inode.device, &known.inode.number}) {
    const std::uint64_t before = std::exchange(*part, 1);
    CHECK(digests.current(known) == blake3("text"));
    *part = before;
  }
  known.inode.ctime_ns += 1;
  CHECK(digests.current(known) == blake3("text"));
  known.inode = {};  // as in entries of older versions
  CHECK(digests.current(known) == blake3("text"));
}

TEST_CASE("another text of equal size and time is noticed", "[stamp]") {
  const Scratch scratch;
  FileDigests digests;
  const std::string name = write_header(scratch / "a.h", "text", 1000000000);
  const ReadFile known = described(name);
  SECTION("in another file") { write_header(scratch / "a.h", "TEXT", 1000000000); }
  SECTION("in the same file") {
    std::ofstream(name) << "TEXT";
    set_time(name, 1000000000);
  }
  CHECK(digests.current(known) == blake3("TEXT"));
  write_header(scratch / "a.h", "TEXT", 1000000001);
  CHECK(digests.current(known) == blake3("TEXT"));
  write_header(scratch / "a.h", "texts", 1000000000);
  CHECK(digests.current(known) == blake3("texts"));
  fs::remove(name);
  CHECK_FALSE(digests.current(known));
}

TEST_CASE("a file that was written just now is compared by content", "[stamp]") {
  const Scratch scratch;
  const std::string name = write_header(scratch / "a.h", "text", std::time(nullptr) + 3600);
  const ReadFile known = described(name);
  CHECK(known.mtime_ns == 0);
  FileDigests digests;
  CHECK(digests.current(known) == blake3("text"));
  struct stat before;
  REQUIRE(::stat(name.c_str(), &before) == 0);
  write_header(scratch / "a.h", "TEXT", before.st_mtim.tv_sec);
  CHECK(digests.current(known) == blake3("TEXT"));
}
