// Sends bytes from rank 0 to all others. A header is sent first: the length and digest of the bytes, and a digest of
// both, so that no rank allocates memory for a damaged length. All ranks agree on success before and after the bytes
// are sent. So if a rank cannot continue, or called the wrong function of the two, all ranks get an error instead of
// waiting forever. Tested in tests/mpi/binary_test.cpp.
#include "comm/mpi_errors.h"
#include "support/hash.h"

#include <dijitso/error.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace dijitso::mpi {
namespace {

constexpr std::size_t chunk_size = std::size_t{64} << 20;  // an MPI message has at most 2^31 - 1 items

struct Header {
  std::uint64_t length = 0;
  Digest digest;      // of the bytes
  Digest own_digest;  // of both fields before it

  Digest digest_of_rest() const { return blake3(bytes_of(*this).first(offsetof(Header, own_digest))); }
};
static_assert(sizeof(Header) == sizeof(std::uint64_t) + 2 * sizeof(Digest));

Header header_for(ByteView bytes) {
  Header header{bytes.size(), blake3(bytes), {}};
  header.own_digest = header.digest_of_rest();
  return header;
}

std::vector<std::uint8_t> allocate_for(const Header& header) {
  if (header.own_digest != header.digest_of_rest())
    throw CommunicationError(
        "the announcement of a binary from rank 0 was damaged on the way: its digest does not agree");
  try {
    return std::vector<std::uint8_t>(header.length);
  } catch (const std::exception&) {
    throw CommunicationError("there is no memory for a binary of " + std::to_string(header.length) +
                             " bytes from rank 0");
  }
}

// Continues after an error, so that all ranks take part in all chunks. The ranks agree on the result afterwards; a rank
// that left early would make the others wait forever.
std::exception_ptr broadcast(const Ranks& ranks, void* bytes, std::size_t size) {
  std::exception_ptr failure;
  for (std::size_t begin = 0; begin < size; begin += chunk_size) {
    const int length = static_cast<int>(std::min(chunk_size, size - begin));
    const auto of_this = failure_of([&] { ranks.broadcast(static_cast<std::uint8_t*>(bytes) + begin, length); });
    if (!failure) failure = of_this;
  }
  return failure;
}

void check_role(int rank, bool sends) {
  if (sends && rank != 0)
    throw InvalidArgument("rank " + std::to_string(rank) +
                          " cannot send: only rank 0 of the communicator sends, the others receive");
  if (!sends && rank == 0) throw InvalidArgument("rank 0 cannot receive: it is the one that sends");
}

void check_roles(const Ranks& ranks, bool sends) {
  const std::exception_ptr failure = failure_of([&] { check_role(ranks.rank(), sends); });
  try {
    ranks.agree(failure);
  } catch (const CommunicationError&) {
    if (failure) std::rethrow_exception(failure);
    throw;
  }
}

}  // namespace

void send_binary(MPI_Comm comm, const std::vector<std::uint8_t>& lib_data) {
  const Ranks ranks(comm);
  check_roles(ranks, true);
  Header header = header_for(lib_data);
  ranks.agree(broadcast(ranks, &header, sizeof header));
  auto* const bytes = const_cast<std::uint8_t*>(lib_data.data());  // the root's bytes are only read
  ranks.agree(broadcast(ranks, bytes, lib_data.size()));
}

std::vector<std::uint8_t> receive_binary(MPI_Comm comm) {
  const Ranks ranks(comm);
  check_roles(ranks, false);
  Header header;
  const std::exception_ptr unannounced = broadcast(ranks, &header, sizeof header);
  std::vector<std::uint8_t> bytes;
  ranks.together([&] {
    if (unannounced) std::rethrow_exception(unannounced);
    bytes = allocate_for(header);
  });
  const std::exception_ptr lost = broadcast(ranks, bytes.data(), bytes.size());
  ranks.together([&] {
    if (lost) std::rethrow_exception(lost);
    if (blake3(bytes) != header.digest)
      throw CommunicationError("a binary of " + std::to_string(bytes.size()) +
                               " bytes from rank 0 was damaged on the way: its digest does not agree");
  });
  return bytes;
}

}  // namespace dijitso::mpi
