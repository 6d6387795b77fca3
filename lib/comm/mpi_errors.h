// MPI's error codes as CommunicationErrors, and the agreement of ranks about a failure.
#pragma once

#include <dijitso/mpi.h>

#include <optional>
#include <string>

namespace dijitso::mpi {

// CommunicationError with MPI's text, unless `code` is MPI_SUCCESS. `action` completes "MPI cannot ...".
void check(int code, const char* action);

// A communicator of the caller while one of our functions works on it: usable, and with MPI_ERRORS_RETURN as its error
// handler, in whose place the destructor puts the caller's own again. InvalidArgument when it cannot be used.
class Ranks {
 public:
  explicit Ranks(MPI_Comm comm);
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  ~Ranks();

  MPI_Comm comm() const { return comm_; }
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Owns a communicator that was made from this one, and gives it the caller's error handler. Within another Ranks of
  // the same communicator that would be MPI_ERRORS_RETURN.
  Communicator adopt(MPI_Comm made) const;

  // Collective. CommunicationError on all ranks, "rank 1 of 4: <problem>", when any of them has a problem; the first
  // one's is reported, up to 8 KiB of it. Nobody returns before everybody has called this.
  void agree(const std::optional<std::string>& problem) const;

  // Collective: the least `value` of all ranks, and the bytes of rank 0 (or of `root`) for all.
  int least(int value) const;
  void broadcast(void* bytes, int count, int root = 0) const;

 private:
  MPI_Comm comm_;
  MPI_Errhandler callers_ = MPI_ERRHANDLER_NULL;
  int rank_ = 0;
  int size_ = 0;
};

}  // namespace dijitso::mpi
