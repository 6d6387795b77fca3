#include "cc/output_file.h"

#include "support/scratch.h"

#include <dijitso/error.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

using namespace dijitso;
using namespace dijitso::cc;
using Catch::Contains;
using testing::Scratch;
namespace fs = std::filesystem;

namespace {

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("an output is written and replaced, and nothing is left beside it") {
  const Scratch scratch;
  const std::string file = scratch.path() / "x.o";
  write_output(file, as_bytes("first"));
  CHECK(read_source(file) == "first");
  write_output(file, as_bytes("second"));
  CHECK(read_source(file) == "second");
  CHECK(files_in(scratch.path()) == 1);
}

TEST_CASE("the user's mask is obeyed") {
  const Scratch scratch;
  const mode_t before = ::umask(027);
  write_output(scratch.path() / "x.o", as_bytes("x"));
  ::umask(before);
  struct stat found;
  REQUIRE(::stat((scratch.path() / "x.o").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0640);
}

TEST_CASE("a symbolic link stays, and the file that it leads to is replaced") {
  const Scratch scratch;
  testing::write_text(scratch.path() / "file", "old");
  fs::create_symlink("file", scratch.path() / "link");
  fs::create_symlink("new", scratch.path() / "dangling");
  write_output(scratch.path() / "link", as_bytes("new"));
  write_output(scratch.path() / "dangling", as_bytes("made"));
  CHECK(fs::is_symlink(scratch.path() / "link"));
  CHECK(read_source(scratch.path() / "file") == "new");
  CHECK(read_source(scratch.path() / "new") == "made");
}

TEST_CASE("a device is written to") {
  write_output("/dev/null", as_bytes("x"));
  CHECK(fs::is_character_file("/dev/null"));
  remove_old_output("/dev/null");
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("what cannot be written or read is an error that names it") {
  const Scratch scratch;
  CHECK_THROWS_WITH(write_output(scratch.path(), as_bytes("x")), Contains("cannot write '" + scratch.path().string()));
  CHECK_THROWS_WITH(write_output(scratch.path() / "no" / "x", as_bytes("x")), Contains("No such file"));
  CHECK_THROWS_WITH(read_source(scratch.path() / "missing"), Contains("cannot read"));
  CHECK_THROWS_WITH(read_source(scratch.path()), Contains("directory"));
}

TEST_CASE("only a regular file is removed after a failure") {
  const Scratch scratch;
  testing::write_text(scratch.path() / "old", "old");
  remove_old_output(scratch.path() / "old");
  remove_old_output(scratch.path());
  CHECK(files_in(scratch.path()) == 0);
}
