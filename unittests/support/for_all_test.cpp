#include "support/for_all.h"

#include <catch2/catch.hpp>

#include <set>

using namespace dijitso;

TEST_CASE("each is worked on once", "[for_all]") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
    std::vector<int> done(count);
    for_all(count, 3, [&](std::size_t i) { ++done[i]; });
    CHECK(done == std::vector<int>(count, 1));
  }
}

TEST_CASE("little is done by the thread that calls", "[for_all]") {
  std::set<std::thread::id> threads;  // of one thread: nothing else guards it
  for_all(99, 50, [&](std::size_t) { threads.insert(std::this_thread::get_id()); });
  CHECK(threads == std::set{std::this_thread::get_id()});
}
