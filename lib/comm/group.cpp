// A broadcast sends a header of fixed length, which contains the length and digest of the bytes and the first of them,
// and then the rest in chunks. All ranks agree on success before and after the chunks: a rank with a damaged length
// could not take part, and the others would wait forever. For the same reason a failure is sent in a message of fixed
// length. Where all ranks know the length, neither is needed (send). Tested in tests/mpi/group_test.cpp and
// tests/mpi/faults_test.cpp.
#include "comm/group.h"

#include "comm/mpi_errors.h"
#include "support/hash.h"

#include <dijitso/error.h>
#include <dijitso/peers.h>
#include <sched.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace dijitso::mpi {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t chunk_size = std::size_t{1} << 20;  // small enough to be pipelined through the tree of ranks
constexpr std::size_t failure_size = std::size_t{64} << 10;
constexpr std::size_t least_to_compress = std::size_t{16} << 10;
constexpr int compression_level = 1;

constexpr int most_yields = 20;

// Other ranks may arrive within microseconds, or may compile for seconds. While many ranks share a core, the one that
// is waited for runs when the others yield; a sleep would last longer than what it has to do. After some yields, each
// pause is a small fraction of the time waited so far.
void wait_for(MPI_Request& request, const char* action) {
  const auto begin = std::chrono::steady_clock::now();
  for (int is_done = 0, tests = 0;; ++tests) {
    check(MPI_Test(&request, &is_done, MPI_STATUS_IGNORE), action);
    if (is_done) return;
    if (tests < most_yields) {
      ::sched_yield();
      continue;
    }
    const auto waited = std::chrono::steady_clock::now() - begin;
    std::this_thread::sleep_for(std::clamp<std::chrono::nanoseconds>(waited / 16, 10us, 1ms));
  }
}

struct Header {
  std::uint64_t length = 0;               // of the bytes
  std::uint64_t sent_length = 0;          // of the bytes that are sent; smaller when compressed
  Digest digest;                          // of the bytes that are sent
  std::array<std::uint8_t, 944> first{};  // all bytes, if they fit
  Digest own_digest;                      // of all fields before it

  Digest digest_of_rest() const {
    return blake3(ByteView(reinterpret_cast<const std::uint8_t*>(this), offsetof(Header, own_digest)));
  }
  bool has_all() const { return sent_length <= first.size(); }
};
static_assert(sizeof(Header) == 1024);

Header header_for(std::size_t length, const Bytes& sent) {
  Header header;
  header.length = length;
  header.sent_length = sent.size();
  header.digest = blake3(sent);
  if (header.has_all()) std::ranges::copy(sent, header.first.begin());
  header.own_digest = header.digest_of_rest();
  return header;
}

CommunicationError damaged(const std::string& what, int root) {
  return CommunicationError(what + " from rank " + std::to_string(root) +
                            " was damaged on the way: its digest does not agree");
}

Bytes allocate(std::uint64_t length) {
  try {
    return Bytes(length);
  } catch (const std::bad_alloc&) {
    throw CommunicationError("there is no memory for a message of " + std::to_string(length) + " bytes");
  }
}

Bytes compressed(const Bytes& bytes) {
  Bytes result = allocate(ZSTD_compressBound(bytes.size()));
  const std::size_t length = ZSTD_compress(result.data(), result.size(), bytes.data(), bytes.size(), compression_level);
  if (ZSTD_isError(length) || length >= bytes.size()) return bytes;
  result.resize(length);
  return result;
}

// Decompresses to the original length, which the header contains.
Bytes decompressed(const Bytes& sent, std::uint64_t length) {
  if (length == sent.size()) return sent;
  Bytes bytes = allocate(length);
  if (ZSTD_decompress(bytes.data(), bytes.size(), sent.data(), sent.size()) != length)
    throw CommunicationError("a message cannot be decompressed: all ranks must run the same dijitso");
  return bytes;
}

// The text of a dijitso::Error; nullopt for other exceptions.
std::optional<std::string> text_of(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.what();
  } catch (...) {
    return std::nullopt;
  }
}

std::atomic<std::uint64_t> bytes_sent{0}, bytes_received{0}, agreements{0};

}  // namespace

Group::Group(Communicator comm)
    : comm_(std::move(comm)), buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(1 + most_at_once)) {
  MPI_Comm_set_errhandler(comm_.get(), MPI_ERRORS_RETURN);
  MPI_Comm_rank(comm_.get(), &rank_);
  MPI_Comm_size(comm_.get(), &size_);
  numbers_ = std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(size_));
  names_.resize(static_cast<std::size_t>(size_));
  std::iota(names_.begin(), names_.end(), 0);
  names_of_ = size_;
}

void Group::combine(void* items, int count, MPI_Datatype type, MPI_Op operation) const {
  const char* const action = "compare what the ranks have";
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Iallreduce(MPI_IN_PLACE, items, count, type, operation, comm_.get(), &request), action);
  wait_for(request, action);
  ++agreements;
}

void Group::maximum(std::span<std::uint64_t> numbers) const {
  combine(numbers.data(), static_cast<int>(numbers.size()), MPI_UINT64_T, MPI_MAX);
}

int Group::first(bool is) const {
  std::uint64_t before_end = is ? static_cast<std::uint64_t>(size_ - rank_) : 0;
  maximum({&before_end, 1});
  return size_ - static_cast<int>(before_end);
}

std::span<const std::uint64_t> Group::gather(std::uint64_t number) const {
  check(MPI_Allgather(&number, 1, MPI_UINT64_T, numbers_.get(), 1, MPI_UINT64_T, comm_.get()), "gather numbers");
  return {numbers_.get(), static_cast<std::size_t>(size_)};
}

Bytes Group::broadcast(Bytes bytes, int root, Compression compression) const {
  std::optional<std::exception_ptr> failure;
  bytes = broadcast(std::move(bytes), root, compression, failure);
  if (failure) agree(*failure);
  return bytes;
}

Bytes Group::broadcast(Bytes bytes, int root, Compression compression,
                       std::optional<std::exception_ptr>& failure) const {
  if (size_ == 1) return bytes;
  const char* const action = "send to all ranks";
  Bytes sent;
  Header header = header_for(0, sent);
  const std::exception_ptr not_announced = failure_of([&] {
    if (rank_ != root) return;
    const std::size_t length = bytes.size();
    const bool compresses = compression == Compression::if_smaller && length >= least_to_compress;
    sent = compresses ? compressed(bytes) : std::move(bytes);
    header = header_for(length, sent);
  });
  together([&] {
    check(MPI_Bcast(&header, sizeof header, MPI_BYTE, root, comm_.get()), action);
    if (not_announced) std::rethrow_exception(not_announced);  // not before: the other ranks wait for the header
    if (header.own_digest != header.digest_of_rest()) throw damaged("the announcement of a message", root);
    if (rank_ != root) sent = allocate(header.sent_length);
    if (!header.has_all()) return;
    std::copy_n(header.first.begin(), sent.size(), sent.begin());
    sent = decompressed(sent, header.length);
  });
  if (header.has_all()) return sent;
  failure = failure_of([&] {
    int code = MPI_SUCCESS;  // the first failure; all ranks take part in all chunks nevertheless
    for (std::size_t begin = 0; begin < sent.size(); begin += chunk_size) {
      const auto length = static_cast<int>(std::min(chunk_size, sent.size() - begin));
      const int result = MPI_Bcast(sent.data() + begin, length, MPI_BYTE, root, comm_.get());
      if (code == MPI_SUCCESS) code = result;
    }
    check(code, action);
    if (blake3(sent) != header.digest) throw damaged("a message of " + std::to_string(sent.size()) + " bytes", root);
    (rank_ == root ? bytes_sent : bytes_received) += sent.size();
    sent = decompressed(sent, header.length);
  });
  if (*failure) sent.clear();
  return sent;
}

Bytes Group::send(Bytes bytes, std::size_t length, int root) const {
  if (rank_ == root) {
    buffer_[0] = bytes.size() == length ? 1 : 0;
    if (buffer_[0] != 0) std::ranges::copy(bytes, &buffer_[1]);
  }
  check(MPI_Bcast(buffer_.get(), static_cast<int>(1 + length), MPI_BYTE, root, comm_.get()), "send to all ranks");
  if (buffer_[0] == 0) return {};
  (rank_ == root ? bytes_sent : bytes_received) += length;
  return rank_ == root ? std::move(bytes) : Bytes(&buffer_[1], &buffer_[1] + length);
}

void Group::agree(std::exception_ptr failure) const {
  const int origin = first(failure != nullptr);
  if (origin == size_) return;
  raise(origin, failure, /*names_origin=*/true);
}

void Group::agree_again(std::exception_ptr failure) const {
  const int origin = first(failure != nullptr);
  if (origin != size_) try {
      raise(origin, failure, /*names_origin=*/false);
    } catch (const Error& error) {
      if (failure && text_of(failure) == error.what()) std::rethrow_exception(failure);
      throw;
    }
}

// The failure lies in the buffer, after its length, which is 0 when there was no memory to describe it.
void Group::raise(int origin, std::exception_ptr failure, bool names_origin) const {
  std::uint64_t length = 0;
  constexpr std::size_t longest = failure_size - sizeof length;
  std::uint8_t* const description = buffer_.get() + sizeof length;
  if (rank_ == origin)
    static_cast<void>(failure_of([&] {
      const Bytes message = Peers::pack_failure(failure, longest);
      std::ranges::copy(message, description);
      length = message.size();
    }));
  std::memcpy(buffer_.get(), &length, sizeof length);
  check(MPI_Bcast(buffer_.get(), failure_size, MPI_BYTE, origin, comm_.get()), "report a failure to all ranks");
  std::memcpy(&length, buffer_.get(), sizeof length);
  const int name = names_[static_cast<std::size_t>(origin)];
  const std::string where =
      names_origin ? "rank " + std::to_string(name) + " of " + std::to_string(names_of_) + ": " : "";
  if (length == 0) throw CommunicationError(where + "it has failed, and has no memory to say how");
  try {
    Peers::throw_failure(Bytes(description, description + std::min<std::uint64_t>(length, longest)), where);
  } catch (const GenerateFailed& error) {
    if (rank_ != origin || text_of(failure)) throw;
    try {
      std::rethrow_exception(failure);
    } catch (...) {
      std::throw_with_nested(error);
    }
  } catch (const CommunicationError& error) {
    // The description of the failure was damaged, unless the failure itself is a CommunicationError.
    const std::string text = error.what();
    throw CommunicationError(text.starts_with(where) ? text : where + "has failed, and its account of that: " + text);
  }
}

Group Group::split(int color) const {
  MPI_Comm part = MPI_COMM_NULL;
  check(MPI_Comm_split(comm_.get(), color, rank_, &part), "split a communicator");
  Communicator owned(part);
  std::optional<Group> group;
  together([&] { group.emplace(std::move(owned)); });
  const int own_name = names_[static_cast<std::size_t>(rank_)];
  check(MPI_Allgather(&own_name, 1, MPI_INT, group->names_.data(), 1, MPI_INT, part), "gather numbers");
  group->names_of_ = names_of_;
  return std::move(*group);
}

Traffic traffic() { return {bytes_sent, bytes_received, agreements}; }

}  // namespace dijitso::mpi
