// Names in directories.
#include "support/directory.h"

#include "scratch.h"

#include <catch2/catch.hpp>

#include <cerrno>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

using namespace dijitso;
using namespace dijitso::testing;

TEST_CASE("all names of a directory are given, and no error", "[directory]") {
  const Scratch scratch;
  std::ofstream(scratch.path() / "file") << "x";
  std::filesystem::create_directory(scratch.path() / ".folder");
  std::set<std::string> names;
  CHECK(for_each_name(scratch.path(), [&](const char* name) { names.insert(name); }) == 0);
  CHECK(names == std::set<std::string>{"file", ".folder"});
}

TEST_CASE("a directory that cannot be listed has a reason", "[directory]") {
  const Scratch scratch;
  std::ofstream(scratch.path() / "file") << "x";
  const auto never = [](const char*) { throw std::logic_error("there is no name"); };
  CHECK(for_each_name(scratch.path() / "absent", never) == ENOENT);
  CHECK(for_each_name(scratch.path() / "file", never) == ENOTDIR);
  CHECK_THROWS_AS(for_each_name(scratch.path(), never), std::logic_error);
}
