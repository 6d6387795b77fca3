// Sends bytes from rank 0 to all others. A header is sent first: the length and digest of the bytes, and a digest of
// both, so that no rank allocates memory for a damaged length. All ranks agree on success before and after the bytes
// are sent. So if a rank cannot continue, or called the wrong function of the two, all ranks get an error instead of
// waiting forever. Tested in tests/mpi/binary_test.cpp.
#include "comm/mpi_errors.h"
#include "support/hash.h"

#include <dijitso/error.h>

#include <algorithm>

namespace dijitso::mpi {
namespace {

constexpr std::size_t chunk_size = std::size_t{64} << 20;  // an MPI message has at most 2^31 - 1 items
constexpr std::size_t digest_size = sizeof(Digest::bytes);

// Length in 8 bytes, little-endian; digest of the bytes; digest of all preceding bytes.
constexpr std::size_t header_size = 8 + 2 * digest_size;

Bytes make_header(ByteView bytes) {
  Bytes header;
  append_value(header, std::uint64_t{bytes.size()});
  append_value(header, blake3(bytes));
  append_value(header, blake3(header));
  return header;
}

// Returns the length, or nullopt for a damaged header.
std::optional<std::uint64_t> length_in(ByteView header) {
  const ByteView announced = header.first(8 + digest_size);
  if (blake3(announced) != value_at<Digest>(header, announced.size())) return std::nullopt;
  return value_at<std::uint64_t>(header, 0);
}

std::optional<std::string> allocate_for(std::vector<std::uint8_t>& bytes, ByteView header) {
  const auto length = length_in(header);
  if (!length) return "the announcement of a binary from rank 0 was damaged on the way: its digest does not agree";
  try {
    bytes.resize(*length);
  } catch (const std::exception&) {
    return "there is no memory for a binary of " + std::to_string(*length) + " bytes from rank 0";
  }
  return std::nullopt;
}

// Continues after an error, so that all ranks take part in all chunks. The ranks agree on the result afterwards; a rank
// that left early would make the others wait forever.
std::optional<std::string> broadcast(const Ranks& ranks, std::uint8_t* bytes, std::size_t size) {
  std::optional<std::string> problem;
  for (std::size_t begin = 0; begin < size; begin += chunk_size) try {
      ranks.broadcast(bytes + begin, static_cast<int>(std::min(chunk_size, size - begin)));
    } catch (const CommunicationError& error) {
      if (!problem) problem = error.what();
    }
  return problem;
}

// Why this rank must not call this function.
std::optional<std::string> wrong_role(int rank, bool sends) {
  if (sends && rank != 0)
    return "rank " + std::to_string(rank) + " cannot send: only rank 0 of the communicator sends, the others receive";
  if (!sends && rank == 0) return "rank 0 cannot receive: it is the one that sends";
  return std::nullopt;
}

void check_roles(const Ranks& ranks, bool sends) {
  const auto wrong = wrong_role(ranks.rank(), sends);
  try {
    ranks.agree(wrong);
  } catch (const CommunicationError&) {
    if (wrong) throw InvalidArgument(*wrong);
    throw;
  }
}

}  // namespace

void send_binary(MPI_Comm comm, const std::vector<std::uint8_t>& lib_data) {
  const Ranks ranks(comm);
  check_roles(ranks, true);
  Bytes header = make_header(lib_data);
  ranks.agree(broadcast(ranks, header.data(), header.size()));
  auto* const bytes = const_cast<std::uint8_t*>(lib_data.data());  // the root's bytes are only read
  ranks.agree(broadcast(ranks, bytes, lib_data.size()));
}

std::vector<std::uint8_t> receive_binary(MPI_Comm comm) {
  const Ranks ranks(comm);
  check_roles(ranks, false);
  Bytes header(header_size);
  std::optional<std::string> problem = broadcast(ranks, header.data(), header.size());
  std::vector<std::uint8_t> bytes;
  ranks.agree(problem ? problem : allocate_for(bytes, header));
  problem = broadcast(ranks, bytes.data(), bytes.size());
  if (!problem && make_header(bytes) != header)
    problem = "a binary of " + std::to_string(bytes.size()) +
              " bytes from rank 0 was damaged on the way: its digest does not agree";
  ranks.agree(problem);
  return bytes;
}

}  // namespace dijitso::mpi
