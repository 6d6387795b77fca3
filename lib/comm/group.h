// The ranks of a communicator that dijitso owns. They act together: all call the same functions in the same order.
//
// A waiting rank leaves the processor to ranks that may be compiling. An error on one rank is thrown on all ranks; no
// rank returns before all have called. Errors: CommunicationError for errors of MPI and for damaged messages.
//
// A rank that has no memory takes part nevertheless: nothing is allocated before a rank has done what the others wait
// for. Callers do the same: what may throw between two collective calls belongs in together() or failure_of(). An array
// that every rank needs is made in together(), or with the object that uses it.
#pragma once

#include "support/bytes.h"
#include "support/failure.h"

#include <dijitso/mpi.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace dijitso::mpi {

enum class Compression { never, if_smaller };

class Group {
 public:
  // Takes ownership of the communicator and sets its error handler to MPI_ERRORS_RETURN.
  explicit Group(Communicator comm);

  MPI_Comm comm() const { return comm_.get(); }
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Replaces the items of all ranks, combined by a commutative operation, on all ranks.
  void combine(void* items, int count, MPI_Datatype type, MPI_Op operation) const;

  // Replaces each number by its maximum among all ranks.
  void maximum(std::span<std::uint64_t> numbers) const;

  // The first rank whose `is` is true; size() when there is none.
  int first(bool is) const;

  // The numbers of all ranks, in the order of ranks. They are there until the next call.
  std::span<const std::uint64_t> gather(std::uint64_t number) const;

  // Returns the bytes of `root` on all ranks; those of other ranks are ignored. Any length; a digest covers every byte.
  Bytes broadcast(Bytes bytes, int root, Compression compression = Compression::never) const;

  // As broadcast, but each rank gets its own failure (or nullptr) in `failure` when the ranks have not agreed on
  // success yet, which they do before the content is sent only.
  Bytes broadcast(Bytes bytes, int root, Compression compression, std::optional<std::exception_ptr>& failure) const;

  // As broadcast, but in one call of MPI, for bytes of which all ranks know the length, up to most_at_once. The ranks
  // do not agree at all, no digest is made, and any of them may throw. When the bytes of `root` do not have that
  // length, all get empty bytes.
  static constexpr std::size_t most_at_once = std::size_t{1} << 20;
  Bytes send(Bytes bytes, std::size_t length, int root) const;

  // If any rank has a failure, throws that of the first such rank on all ranks. It has the same class, and its text
  // begins with "rank 1 of 4: ", with numbers of the group from which this one was split. Exceptions of other classes
  // become GenerateFailed; on its own rank, the original is nested in it.
  void agree(std::exception_ptr failure) const;

  // Like agree(), for failures on which groups that were split from this one have already agreed.
  void agree_again(std::exception_ptr failure) const;

  // Runs `action` and agrees on its failure.
  template <class Action>
  void together(Action action) const {
    agree(failure_of(action));
  }

  // Creates groups of the ranks with the same color, in the order of ranks, if all ranks have the memory for that.
  Group split(int color) const;

 private:
  [[noreturn]] void raise(int origin, std::exception_ptr failure, bool names_origin) const;

  Communicator comm_;
  std::unique_ptr<std::uint8_t[]> buffer_;    // of send() and raise()
  std::unique_ptr<std::uint64_t[]> numbers_;  // of gather()
  std::vector<int> names_;                    // numbers of the ranks in messages
  int names_of_ = 0;                          // number of ranks in messages
  int rank_ = 0;
  int size_ = 0;
};

}  // namespace dijitso::mpi
