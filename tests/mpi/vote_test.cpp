// What all ranks know after a vote.
#include "comm/vote.h"
#include "ranks.h"

#include <catch2/catch.hpp>

#include <numeric>

using namespace dijitso;
using namespace dijitso::testing;
using mpi::Group;
using mpi::Vote;

namespace {

Group world() {
  MPI_Comm own = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &own);
  return Group(mpi::Communicator(own));
}

Peers::Digest digest(int number) { return blake3(std::to_string(number)).bytes; }

Peers::Likenesses in_memory(const std::vector<int>& numbers) {
  Peers::Likenesses likenesses;
  for (const int number : numbers) likenesses.set(Peers::likeness(digest(number)));
  return likenesses;
}

std::vector<Peers::Part> parts(int first, int count) {
  std::vector<Peers::Part> parts;
  for (int i = 0; i < count; ++i) parts.push_back({digest(first + i), static_cast<std::uint64_t>(100 * first + i)});
  return parts;
}

}  // namespace

TEST_CASE("the first rank that has the module tells its parts") {
  const Group group = world();
  for (int owner = 0; owner <= size(); ++owner) {
    Vote vote;
    if (rank() < owner)
      vote.lacks(group, {}, 0);
    else
      vote.has(group, digest(0), parts(rank(), 3));
    vote.count(group);
    CHECK_FALSE(vote.has_failure());
    CHECK(vote.all_have_it() == (owner == 0));
    CHECK(vote.owner(group) == (owner == size() ? std::nullopt : std::optional(owner)));
    CHECK(vote.is_one_identity() == (owner < size()));
    REQUIRE(vote.parts().size() == (owner == size() ? 0 : 3));
    if (owner < size()) CHECK(vote.parts()[2].bytes == static_cast<std::uint64_t>(100 * owner + 2));
    if (owner < size()) CHECK(vote.parts()[2].identity == digest(owner + 2));
  }
}

TEST_CASE("more parts than fit into the vote are none") {
  const Group group = world();
  for (const int count : {24, 25}) {
    Vote vote;
    vote.has(group, digest(0), parts(0, count));
    vote.count(group);
    CHECK(vote.owner(group) == 0);
    CHECK(vote.parts().size() == (count == 24 ? 24 : 0));
  }
}

TEST_CASE("one rank that says something else is noticed, whichever it is") {
  const Group group = world();
  if (size() < 2) return;
  for (int other = 0; other < size(); ++other) {
    const auto voted = [&](int request, std::uint64_t strategy, std::uint64_t topology, int identity) {
      Vote vote;
      const bool is_other = rank() == other;
      vote.asks(digest(is_other ? request : 0), is_other ? strategy : 0, is_other ? topology : 7);
      vote.has(group, digest(is_other ? identity : 0), {});
      vote.count(group);
      return std::vector<bool>{vote.is_one_request(), vote.is_one_strategy(), vote.topology() == 7,
                               vote.is_one_identity()};
    };
    CHECK(voted(0, 0, 7, 0) == std::vector<bool>{true, true, true, true});
    CHECK(voted(1, 0, 7, 0) == std::vector<bool>{false, true, true, true});
    CHECK(voted(0, 1, 7, 0) == std::vector<bool>{true, false, true, true});
    CHECK(voted(0, 0, 0, 0) == std::vector<bool>{true, true, false, true});
    CHECK(voted(0, 0, 7, 1) == std::vector<bool>{true, true, true, false});
  }
}

TEST_CASE("the first of the fittest ranks builds, and any failure is known") {
  const Group group = world();
  for (int fittest = 0; fittest < size(); ++fittest) {
    Vote vote;
    vote.lacks(group, {}, rank() < fittest ? 1 : 3);
    vote.count(group);
    CHECK(vote.builder(group) == fittest);
    Vote failing;
    if (rank() == fittest) failing.fails();
    failing.count(group);
    CHECK(failing.has_failure());
  }
}

TEST_CASE("what one rank lacks is known to be lacking, and what all have is not sent") {
  const Group group = world();
  for (int victim = 0; victim < size(); ++victim) {
    Vote vote;
    vote.lacks(group, in_memory(rank() == victim ? std::vector{1} : std::vector{1, 2}), 0);
    vote.count(group);
    CHECK_FALSE(vote.is_lacking(digest(1)));
    CHECK(vote.is_lacking(digest(2)));
    CHECK(vote.is_lacking(digest(3)));
  }
  Vote nobody;
  nobody.has(group, digest(0), {});
  nobody.count(group);
  CHECK_FALSE(nobody.is_lacking(digest(1)));
}
