#include "support/cores.h"

#include <catch2/catch.hpp>

using namespace dijitso;

TEST_CASE("a process alone on a machine has all cores that it may use") {
  CHECK(share_of_cores({.online = 8, .allowed = 8}) == 8);
  CHECK(share_of_cores({.online = 8, .allowed = 3}) == 3);
}

TEST_CASE("a quota of the control group counts in whole cores, but for one at least") {
  CHECK(share_of_cores({.online = 8, .allowed = 8, .quota = 2.5}) == 2);
  CHECK(share_of_cores({.online = 8, .allowed = 8, .quota = 0.5}) == 1);
  CHECK(share_of_cores({.online = 8, .allowed = 2, .quota = 6}) == 2);
}

TEST_CASE("processes of one MPI job share a machine, unless they are bound to cores of their own") {
  CHECK(share_of_cores({.online = 8, .allowed = 8, .processes_of_node = 4}) == 2);
  CHECK(share_of_cores({.online = 8, .allowed = 1, .processes_of_node = 4}) == 1);
  CHECK(share_of_cores({.online = 8, .allowed = 8, .processes_of_node = 16}) == 1);
}

TEST_CASE("nonsense is one core") {
  CHECK(share_of_cores({.online = 0, .allowed = 0, .quota = 0.0, .processes_of_node = 0}) == 1);
}

TEST_CASE("this process has a core") { CHECK(available_cores() >= 1); }
