#include "ranks.h"

#include <dijitso/error.h>

#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::vector<std::uint8_t> pattern(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

std::vector<std::uint8_t> exchanged(const std::vector<std::uint8_t>& bytes, MPI_Comm comm = MPI_COMM_WORLD) {
  int comm_rank = 0;
  MPI_Comm_rank(comm, &comm_rank);
  if (comm_rank != 0) return mpi::receive_binary(comm);
  mpi::send_binary(comm, bytes);
  return bytes;
}

}  // namespace

TEST_CASE("bytes arrive on all ranks, however many they are") {
  for (const std::size_t count : {0, 1, 255, 5 << 20}) {
    const auto bytes = pattern(count);
    const auto received = exchanged(rank() == 0 ? bytes : std::vector<std::uint8_t>());
    CHECK((received == bytes));
  }
  for (std::size_t count = 0; count < 50; ++count) CHECK((exchanged(pattern(count)) == pattern(count)));
}

TEST_CASE("the sender is rank 0 of the communicator, whoever that is") {
  MPI_Comm reversed = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, 0, -rank(), &reversed);
  const mpi::Communicator owner(reversed);
  const auto mine = pattern(static_cast<std::size_t>(rank()));
  CHECK((exchanged(mine, reversed) == pattern(static_cast<std::size_t>(size() - 1))));
}

TEST_CASE("a rank in the wrong role is an error on all ranks, and the next exchange works") {
  const std::vector<std::uint8_t> some = pattern(100);
  for (int victim = 0; victim < size(); ++victim) {
    INFO("victim " << victim);
    const auto call = [&] {
      if ((rank() == 0) != (rank() == victim))
        mpi::send_binary(MPI_COMM_WORLD, some);
      else
        mpi::receive_binary(MPI_COMM_WORLD);
    };
    const std::string text = victim == 0 ? "rank 0 cannot receive: it is the one that sends"
                                         : "rank " + std::to_string(victim) + " cannot send: only rank 0";
    if (rank() == victim)
      CHECK_THROWS_AS(call(), InvalidArgument);
    else
      CHECK_THROWS_AS(call(), CommunicationError);
    CHECK_THROWS_WITH(call(), Contains(text));
    CHECK((exchanged(some) == some));
  }
}

TEST_CASE("a rank without memory for the bytes is an error on all ranks") {
  const bool is_last = rank() == size() - 1;
  if (size() == 1 || size() > 4) return;  // all others make room
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  const std::vector<std::uint8_t> large(rank() == 0 ? 128 << 20 : 0);
  if (is_last) {
    std::size_t pages = 0;  // in use
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit tight{pages * static_cast<std::size_t>(::getpagesize()) + (96 << 20), before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_AS, &tight) == 0);
  }
  const std::string error = failure([&] { exchanged(large); });
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  CHECK_THAT(error, Contains("rank " + std::to_string(size() - 1) + " of " + std::to_string(size()) +
                             ": there is no memory for a binary of 134217728 bytes"));
  CHECK((exchanged(pattern(9)) == pattern(9)));
}
