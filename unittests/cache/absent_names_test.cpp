#include "cache/store/absent_names.h"

#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>

#include <chrono>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

using Paths = std::vector<std::string>;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Of a compile so long after the last change of the directories that their times are believed.
std::int64_t later() { return now_ns() + 10'000'000'000; }

// With an empty directory "d".
struct World : Scratch {
  World() { fs::create_directory(path() / "d"); }
  std::string at(const std::string& name) const { return path() / name; }
};

}  // namespace

TEST_CASE("what is missing is the first missing name in a directory that exists") {
  const World world;
  const auto absent = describe_absent({world.at("d/a.h"), world.at("d/boost/any.hpp"), world.at("d/boost/x/y.hpp"),
                                       world.at("d/sub/"), world.at("none/deep/b.h")},
                                      later());
  REQUIRE(absent.size() == 2);
  CHECK(absent[0].directory == world.path());
  CHECK(absent[0].names == Paths{"none"});
  CHECK(absent[1].directory == world.at("d"));
  CHECK(absent[1].names == Paths{"a.h", "boost", "sub"});
  CHECK(absent[1].mtime_ns != 0);
  CHECK(paths_of(absent) == Paths{world.at("none"), world.at("d/a.h"), world.at("d/boost"), world.at("d/sub")});
}

TEST_CASE("names are missing in the root, too") {
  const auto absent = describe_absent({"/dijitso-has-no-such-name/a.h"}, later());
  REQUIRE(absent.size() == 1);
  CHECK(absent[0].directory == "/");
  CHECK(paths_of(absent) == Paths{"/dijitso-has-no-such-name"});
}

TEST_CASE("a name that appears is told, others are not") {
  const World world;
  const auto absent = describe_absent({world.at("d/a.h"), world.at("d/b.h")}, later());
  REQUIRE(absent.size() == 1);
  CHECK(appeared(absent[0]).empty());
  write_text(world / "d/other.h", "");
  CHECK(appeared(absent[0]).empty());
  write_text(world / "d/b.h", "");
  CHECK(appeared(absent[0]) == Paths{world.at("d/b.h")});
  fs::remove_all(world / "d");
  CHECK(appeared(absent[0]).empty());
}

TEST_CASE("a directory that was not touched is not searched") {
  const World world;
  auto absent = describe_absent({world.at("d/a.h")}, later());
  REQUIRE(absent.size() == 1);
  write_text(world / "d/b.h", "");
  absent = describe_absent({world.at("d/a.h")}, later());
  absent[0].names = {"b.h"};  // it is there, and only a search would tell
  CHECK(appeared(absent[0]).empty());
}

TEST_CASE("a directory that was touched during the compile is always searched") {
  const World world;
  for (const std::int64_t began : {now_ns(), now_ns() - 1'000'000'000}) {
    const auto absent = describe_absent({world.at("d/a.h")}, began);
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].mtime_ns == 0);
  }
}

TEST_CASE("what appeared during the compile is told") {
  const World world;
  write_text(world / "d/a.h", "");
  const auto absent = describe_absent({world.at("d/a.h")}, now_ns());
  REQUIRE(absent.size() == 1);
  CHECK(appeared(absent[0]) == Paths{world.at("d/a.h")});
}

TEST_CASE("a link that leads nowhere is told when it leads somewhere") {
  const World world;
  fs::create_symlink(world.at("target.h"), world / "d/a.h");
  const auto absent = describe_absent({world.at("d/a.h")}, later());
  REQUIRE(absent.size() == 1);
  CHECK(appeared(absent[0]).empty());
  write_text(world / "target.h", "");
  CHECK(appeared(absent[0]) == Paths{world.at("d/a.h")});
}

TEST_CASE("nothing lies under a file") {
  const World world;
  write_text(world / "d/file", "");
  CHECK(describe_absent({world.at("d/file/a.h")}, later()).empty());
}

TEST_CASE("relative names start at the current directory") {
  const World world;
  const fs::path before = fs::current_path();
  fs::create_directory(world / "d/sub");
  fs::current_path(world / "d");
  const auto absent = describe_absent({"a.h", "./b.h", "../c.h", "sub/d.h", "n/e.h", "none/../f.h"}, later());
  CHECK(paths_of(absent) == Paths{"a.h", "b.h", "n", "none", "../c.h", "sub/d.h"});
  write_text("sub/d.h", "");
  CHECK(appeared(absent.back()) == Paths{"sub/d.h"});
  fs::create_directory(world / "other");
  fs::current_path(world / "other");
  write_text("a.h", "");
  CHECK(appeared(absent.front()) == Paths{"a.h"});
  CHECK(appeared(absent.back()).empty());
  fs::current_path(before);
}
