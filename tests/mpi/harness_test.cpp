// How the programs of this folder end: when one rank fails, all of them do, though the others wait for it.
#include "ranks.h"

#include <catch2/catch.hpp>

using namespace dijitso::testing;

TEST_CASE("one rank fails while the others wait for it", "[.fails]") {
  if (rank() == size() - 1) REQUIRE(rank() == -1);
  barrier();
}

TEST_CASE("a directory is shared by all ranks and removed at the end") {
  fs::path path;
  {
    const SharedScratch shared;
    path = shared.path();
    write_text(shared / std::to_string(rank()), "");
    barrier();
    CHECK(names_in(path).size() == static_cast<std::size_t>(size()));
  }
  barrier();
  CHECK_FALSE(fs::exists(path));
}
