// The ranks of a communicator of ours, which act together: all call the same functions in the same order.
//
// Ranks that wait for others, who may be compiling, leave the processor to them. What goes wrong on one rank is thrown
// on all of them; nobody returns before everybody has called. Errors: CommunicationError for what MPI reports and for
// messages that are damaged on their way.
#pragma once

#include "support/bytes.h"

#include <dijitso/mpi.h>

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace dijitso::mpi {

// What `action` throws; nullptr when it does not.
template <class Action>
std::exception_ptr failure_of(Action action) {
  try {
    action();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

enum class Compression { never, if_smaller };

class Group {
 public:
  // Takes a communicator over, with MPI_ERRORS_RETURN as its error handler.
  explicit Group(Communicator comm);

  MPI_Comm comm() const { return comm_.get(); }
  int rank() const { return rank_; }
  int size() const { return size_; }

  // The largest of each number among all ranks, in their place.
  void maximum(std::span<std::uint64_t> numbers) const;

  // The first rank for which `is` holds; size() when there is none.
  int first(bool is) const;

  // The numbers that the ranks have, in their order.
  std::vector<std::uint64_t> gather(std::uint64_t number) const;
  std::vector<int> gather(int number) const;

  // The bytes of `root`, whatever the others have. Any number of them; a digest covers every byte.
  Bytes broadcast(Bytes bytes, int root, Compression compression = Compression::never) const;

  // When any rank has a failure, all throw that of the first one that has: of the same class, the text begins with
  // "rank 1 of 4: ", numbers of the group from which this one was split. An exception that is none of dijitso's is
  // GenerateFailed, in which on its own rank it is nested.
  void agree(std::exception_ptr failure) const;

  // The same for failures on which groups that were split from this one have agreed.
  void agree_again(std::exception_ptr failure) const;

  // Runs `action` and agrees on how it ended.
  template <class Action>
  void together(Action action) const {
    agree(failure_of(action));
  }

  // Groups of those that have the same color, in their order.
  Group split(int color) const;

 private:
  [[noreturn]] void raise(int origin, std::exception_ptr failure, const std::string& where) const;

  Communicator comm_;
  std::vector<int> names_;  // of the ranks in messages
  int names_of_ = 0;        // how many there are
  int rank_ = 0;
  int size_ = 0;
};

}  // namespace dijitso::mpi
