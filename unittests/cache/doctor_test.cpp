#include "cache/inspect/doctor.h"

#include <sys/vfs.h>

#include <catch2/catch.hpp>

using namespace dijitso::cache;

TEST_CASE("file systems are known by their numbers", "[doctor]") {
  CHECK(kind_of_file_system(0x6969).name == "nfs");
  CHECK(kind_of_file_system(0x6969).is_network);
  CHECK(kind_of_file_system(static_cast<int>(0xff534d42)).name ==
        "cifs");  // statfs gives a signed number on some machines
  CHECK(kind_of_file_system(0x01021994).name == "tmpfs");
  CHECK_FALSE(kind_of_file_system(0xef53).is_network);
  CHECK(kind_of_file_system(1).name == "of a kind that is not known here");
}
