#include "support/elf_dynamic.h"

#include "support/file.h"
#include "unittests/support/sample_library.h"

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

TEST_CASE("what the dynamic linker is told", "[elf_dynamic]") {
  const Scratch scratch;
  write_library(scratch / "l.so", {{"liba.so", "libb.so.1"}, "/r1:/r2", "$ORIGIN::/r3", "libl.so.1"});
  const auto dynamic = read_elf_dynamic(scratch / "l.so");
  REQUIRE(dynamic);
  CHECK(dynamic->needed == std::vector<std::string>{"liba.so", "libb.so.1"});
  CHECK(dynamic->rpath == std::vector<std::string>{"/r1", "/r2"});
  CHECK(dynamic->runpath == std::vector<std::string>{"$ORIGIN", "/r3"});
  CHECK(dynamic->soname == "libl.so.1");
  CHECK(dynamic->machine == this_machine);
}

TEST_CASE("a real program", "[elf_dynamic]") {
  const auto dynamic = read_elf_dynamic("/proc/self/exe");
  REQUIRE(dynamic);
  CHECK(std::find(dynamic->needed.begin(), dynamic->needed.end(), "libc.so.6") != dynamic->needed.end());
}

TEST_CASE("a file that is cut anywhere is refused or has the same content", "[elf_dynamic]") {
  const Scratch scratch;
  const std::string whole = library_bytes({{"liba.so"}, "", "/r", "name"});
  write_text(scratch / "whole", whole);
  const auto expected = read_elf_dynamic(scratch / "whole");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_text(scratch / "cut", whole.substr(0, size));
    CHECK_FALSE(read_elf_dynamic(scratch / "cut"));
  }
  CHECK(expected);
}

TEST_CASE("no changed byte does harm", "[elf_dynamic]") {
  const Scratch scratch;
  const std::string whole = library_bytes({{"liba.so"}, "", "/r", "name"});
  write_text(scratch / "whole", whole);
  const auto expected = read_elf_dynamic(scratch / "whole");
  std::size_t noticed = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(0xff);
    write_text(scratch / "changed", changed);
    noticed += read_elf_dynamic(scratch / "changed") != expected;
  }
  CHECK(noticed > 60);
}

TEST_CASE("files that are missing or no files are errors", "[elf_dynamic]") {
  const Scratch scratch;
  CHECK_THROWS_AS(read_elf_dynamic(scratch / "missing"), FileError);
  CHECK_THROWS_AS(read_elf_dynamic(scratch.path()), FileError);
  CHECK_THROWS_AS(read_elf_dynamic("/dev/zero"), FileError);
}
