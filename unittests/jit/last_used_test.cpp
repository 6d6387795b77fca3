#include "jit/loaded/last_used.h"

#include <catch2/catch.hpp>

#include <thread>

using namespace dijitso::last_used;

TEST_CASE("what a thread used later has a higher rank, and other threads do not matter") {
  const std::uint64_t first = next_number(), second = next_number(), never = next_number();
  note(first);
  note(second);
  CHECK(rank(second) > rank(first));
  CHECK(rank(first) > rank(never));
  CHECK(rank(never) == 0);
  std::thread([&] {
    CHECK(rank(second) == 0);
    note(second);
    note(first);
    CHECK(rank(first) > rank(second));
  }).join();
  CHECK(rank(second) > rank(first));
}

TEST_CASE("a module that was used long ago is not mistaken for a younger one") {
  const std::uint64_t old = next_number();
  note(old);
  std::uint64_t young = 0;
  for (int i = 0; i < 10000; ++i) note(young = next_number());
  CHECK(rank(old) == 0);
  CHECK(rank(young) > 0);
}
