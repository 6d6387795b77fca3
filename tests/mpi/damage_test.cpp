// Messages that are damaged on their way, and calls of MPI that fail (damage.c).
#include "ranks.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

const std::vector<std::uint8_t> sent(1000, 7);

std::vector<std::uint8_t> exchange() {
  if (rank() != 0) return mpi::receive_binary(MPI_COMM_WORLD);
  mpi::send_binary(MPI_COMM_WORLD, sent);
  return sent;
}

// What all ranks throw when a message to one of them is damaged.
std::string failure_of_damaged(int victim, int call, long offset) {
  std::optional<Damage> damage;
  if (rank() == victim) damage.emplace(call, offset);
  return failure(exchange);
}

std::string where(int victim) { return "rank " + std::to_string(victim) + " of " + std::to_string(size()) + ": "; }

}  // namespace

TEST_CASE("damage to bytes is an error on all ranks, and the next exchange works") {
  for (int victim = 1; victim < size(); ++victim)
    for (const long offset : {0L, 500L, -1L}) {
      CHECK(failure_of_damaged(victim, 1, offset) ==
            where(victim) + "a binary of 1000 bytes from rank 0 was damaged on the way: its digest does not agree");
      CHECK((exchange() == sent));
    }
}

TEST_CASE("damage to any byte of the header is noticed before room is made for the bytes") {
  for (int victim = 1; victim < size(); ++victim)
    for (long offset = 0; offset < 72; ++offset)
      CHECK_THAT(failure_of_damaged(victim, 0, offset),
                 Contains(where(victim) + "the announcement of a binary from rank 0"));
  CHECK((exchange() == sent));
}

TEST_CASE("damage in several places is one error, of the first rank") {
  const Damage damage(-1, 3);
  CHECK_THROWS_AS(exchange(), CommunicationError);
}

TEST_CASE("a call of MPI that fails is an exception, not the end of the program") {
  MPI_Errhandler before, after;
  MPI_Comm_get_errhandler(MPI_COMM_WORLD, &before);
  CHECK(before == MPI_ERRORS_ARE_FATAL);
  std::optional<Damage> damage;
  if (rank() == size() - 1) damage.emplace(0);
  try {
    mpi::bcast_uuid(MPI_COMM_WORLD);
    CHECK(rank() != size() - 1);
  } catch (const CommunicationError& error) {
    CHECK(rank() == size() - 1);
    CHECK_THAT(error.what(), Contains("MPI cannot send to all ranks: " + text_of(MPI_ERR_OTHER)));
  }
  MPI_Comm_get_errhandler(MPI_COMM_WORLD, &after);
  CHECK(after == before);
  damage.reset();
  CHECK((exchange() == sent));
}

TEST_CASE("a call of MPI that fails while bytes travel is an error on all ranks") {
  for (int victim = 1; victim < size(); ++victim)
    for (const int call : {0, 1}) {
      {
        std::optional<Damage> damage;
        if (rank() == victim) damage.emplace(call);
        CHECK_THROWS_WITH(exchange(),
                          Contains(where(victim) + "MPI cannot send to all ranks: " + text_of(MPI_ERR_OTHER)));
      }
      CHECK((exchange() == sent));
    }
}

TEST_CASE("damage reaches broadcasts that go on in the background") {
  for (const bool waits : {false, true}) {
    std::vector<std::uint8_t> bytes(10, 0);
    const Damage damage(0, 4);
    MPI_Request request;
    MPI_Ibcast(bytes.data(), 10, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
    if (waits)
      MPI_Wait(&request, MPI_STATUS_IGNORE);
    else
      for (int is_done = 0; !is_done;) MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
    std::vector<std::uint8_t> expected(10, 0);
    if (rank() != 0) expected[4] = 1;
    CHECK(bytes == expected);
  }
}
