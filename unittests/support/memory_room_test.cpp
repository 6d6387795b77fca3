#include "support/memory_room.h"

#include "unittests/support/scratch.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;

TEST_CASE("a process has room for little, and none for more than there is") {
  CHECK(can_map(1 << 20));
  CHECK(has_memory_for(1 << 20));
  CHECK_FALSE(can_map(std::size_t{1} << 50));
  CHECK_FALSE(has_memory_for(std::size_t{1} << 50));
}

TEST_CASE("a limit on the address space counts") {
  CHECK(in_child([] {
          const rlimit limit{1 << 20, 1 << 20};  // less than is mapped already
          ::setrlimit(RLIMIT_AS, &limit);
          expect(!can_map(1 << 20), "there is room");
        }) == "");
}

TEST_CASE("a control group has left what is not used, but for files that can be dropped") {
  const Scratch scratch;
  const std::string dir = scratch.path();
  CHECK_FALSE(memory_left_in_control_group(dir));
  write_text(scratch / "memory.current", "700\n");
  write_text(scratch / "memory.max", "max\n");
  CHECK_FALSE(memory_left_in_control_group(dir));
  write_text(scratch / "memory.max", "1000\n");
  CHECK(memory_left_in_control_group(dir) == 300u);
  write_text(scratch / "memory.stat", "anon 400\nfile 300\ninactive_file 200\n");
  CHECK(memory_left_in_control_group(dir) == 500u);
  write_text(scratch / "memory.current", "1300\n");
  CHECK(memory_left_in_control_group(dir) == 0u);
}
