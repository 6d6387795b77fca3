// Converts MPI's error codes to CommunicationErrors, and lets ranks agree on a failure.
#pragma once

#include "support/failure.h"

#include <dijitso/mpi.h>

#include <exception>

namespace dijitso::mpi {

// Throws CommunicationError with MPI's text, unless `code` is MPI_SUCCESS. `action` completes "MPI cannot ...".
void check(int code, const char* action);

// A communicator of the caller while a function of dijitso uses it. Its error handler is MPI_ERRORS_RETURN meanwhile;
// the destructor restores the caller's. Throws InvalidArgument when the communicator cannot be used.
class Ranks {
 public:
  explicit Ranks(MPI_Comm comm);
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  ~Ranks();

  MPI_Comm comm() const { return comm_; }
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Takes ownership of a communicator that was created from this one, and gives it the caller's error handler. Inside
  // another Ranks of the same communicator, that handler is MPI_ERRORS_RETURN.
  Communicator adopt(MPI_Comm made) const;

  // Collective. If any rank has a failure, throws CommunicationError, "rank 1 of 4: <its text>", on all ranks. Reports
  // the failure of the first such rank, up to 8 KiB. No rank returns before all have called this.
  void agree(std::exception_ptr failure) const;

  // Runs `action` and agrees on its failure.
  template <class Action>
  void together(Action action) const {
    agree(failure_of(action));
  }

  // Collective: the minimum of `value` on all ranks, and a broadcast of the bytes of `root`.
  int least(int value) const;
  void broadcast(void* bytes, int count, int root = 0) const;

 private:
  MPI_Comm comm_;
  MPI_Errhandler callers_ = MPI_ERRHANDLER_NULL;
  int rank_ = 0;
  int size_ = 0;
};

}  // namespace dijitso::mpi
