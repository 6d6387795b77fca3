// More bytes than MPI and 32 bits can count.
#include "ranks.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace dijitso;
using namespace dijitso::testing;

TEST_CASE("more than 2 GiB arrive") {
  constexpr std::size_t count = (std::size_t{2} << 30) + 12345;
  constexpr std::size_t places[] = {0, (std::size_t{1} << 30) + 1, (std::size_t{2} << 30) - 1, std::size_t{2} << 30,
                                    count - 1};
  std::vector<std::uint8_t> bytes;
  if (rank() == 0) {
    bytes.resize(count);
    for (const std::size_t place : places) bytes[place] = static_cast<std::uint8_t>(place % 251 + 1);
    mpi::send_binary(MPI_COMM_WORLD, bytes);
  } else {
    bytes = mpi::receive_binary(MPI_COMM_WORLD);
  }
  REQUIRE(bytes.size() == count);
  for (const std::size_t place : places) CHECK(bytes[place] == place % 251 + 1);
  CHECK(static_cast<std::size_t>(std::ranges::count(bytes, 0)) == count - std::size(places));
}
