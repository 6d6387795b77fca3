// MPI ends the program at an error unless the communicator's error handler does something else. That handler belongs to
// the program, so it is replaced only while a function of dijitso runs. Tested in tests/mpi/damage_test.cpp and
// tests/mpi/lifetime_test.cpp.
#include "comm/mpi_errors.h"

#include <dijitso/error.h>

#include <array>
#include <cstring>
#include <span>
#include <string>

namespace dijitso::mpi {
namespace {

constexpr std::size_t longest_text = 8192;

void check_usable(MPI_Comm comm) {
  int initialised = 0, finalised = 0, is_inter = 0;
  MPI_Initialized(&initialised);
  MPI_Finalized(&finalised);
  if (!initialised)
    throw InvalidArgument("MPI is not initialised: call MPI_Init or MPI_Init_thread before dijitso::mpi");
  if (finalised) throw InvalidArgument("MPI is finalised: call dijitso::mpi before MPI_Finalize");
  if (comm == MPI_COMM_NULL)
    throw InvalidArgument("the communicator is MPI_COMM_NULL: only the ranks of a communicator may use it");
  MPI_Comm_test_inter(comm, &is_inter);
  if (is_inter) throw InvalidArgument("the communicator is an intercommunicator: merge it with MPI_Intercomm_merge");
}

void write_text(std::exception_ptr failure, std::span<char> text) {
  const auto write = [&](const char* what) { std::strncpy(text.data(), what, text.size() - 1); };
  try {
    std::rethrow_exception(failure);
  } catch (const std::bad_alloc&) {
    write("there is no memory");
  } catch (const std::exception& error) {
    write(error.what());
  } catch (...) {
    write("an exception that is not a std::exception");
  }
}

}  // namespace

void check(int code, const char* action) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw CommunicationError("MPI cannot " + std::string(action) + ": " + text);
}

Ranks::Ranks(MPI_Comm comm) : comm_(comm) {
  check_usable(comm);
  MPI_Comm_get_errhandler(comm, &callers_);
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
  MPI_Comm_rank(comm, &rank_);
  MPI_Comm_size(comm, &size_);
}

Ranks::~Ranks() {
  MPI_Comm_set_errhandler(comm_, callers_);
  MPI_Errhandler_free(&callers_);
}

Communicator Ranks::adopt(MPI_Comm made) const {
  if (made != MPI_COMM_NULL) MPI_Comm_set_errhandler(made, callers_);
  return Communicator(made);
}

// No memory is needed before all ranks have the text. Its length is fixed, so damage can only change the text.
void Ranks::agree(std::exception_ptr failure) const {
  const int first = least(failure ? rank_ : size_);
  if (first == size_) return;
  std::array<char, longest_text> text{};
  if (rank_ == first) write_text(failure, text);
  broadcast(text.data(), longest_text, first);
  throw CommunicationError("rank " + std::to_string(first) + " of " + std::to_string(size_) + ": " +
                           std::string(text.data(), ::strnlen(text.data(), text.size())));
}

int Ranks::least(int value) const {
  int result = 0;
  check(MPI_Allreduce(&value, &result, 1, MPI_INT, MPI_MIN, comm_), "compare what the ranks have");
  return result;
}

void Ranks::broadcast(void* bytes, int count, int root) const {
  check(MPI_Bcast(bytes, count, MPI_BYTE, root, comm_), "send to all ranks");
}

}  // namespace dijitso::mpi
