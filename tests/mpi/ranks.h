// What the tests on several ranks share: who and where one is, and damage to messages. All of it is for
// MPI_COMM_WORLD.
#pragma once

#include "unittests/support/scratch.h"

#include <dijitso/mpi.h>

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::testing {

inline int rank() {
  int value = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &value);
  return value;
}

inline int size() {
  int value = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &value);
  return value;
}

inline void barrier() { MPI_Barrier(MPI_COMM_WORLD); }

inline std::vector<int> gathered(int value, MPI_Comm comm = MPI_COMM_WORLD) {
  int count = 0;
  MPI_Comm_size(comm, &count);
  std::vector<int> values(static_cast<std::size_t>(count));
  MPI_Allgather(&value, 1, MPI_INT, values.data(), 1, MPI_INT, comm);
  return values;
}

inline int total(int value) {
  int sum = 0;
  MPI_Allreduce(&value, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  return sum;
}

// The text of `root` on all ranks.
inline std::string broadcast(std::string text, int root = 0) {
  int length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, root, MPI_COMM_WORLD);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), length, MPI_CHAR, root, MPI_COMM_WORLD);
  return text;
}

// What MPI says of an error.
inline std::string text_of(int code) {
  std::string text(MPI_MAX_ERROR_STRING, '\0');
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  text.resize(static_cast<std::size_t>(length));
  return text;
}

// What is thrown; "" when nothing is.
inline std::string failure(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

// One empty directory for all ranks, removed when all have left it. Made and left by all of them.
class SharedScratch {
 public:
  SharedScratch() {
    if (rank() == 0) scratch_.emplace();
    path_ = broadcast(scratch_ ? scratch_->path().string() : "");
  }
  SharedScratch(const SharedScratch&) = delete;
  SharedScratch& operator=(const SharedScratch&) = delete;
  ~SharedScratch() {
    if (exceptions_ == std::uncaught_exceptions()) barrier();  // a rank that has failed is alone
  }
  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& name) const { return path_ / name; }

  // The directory of this rank's node, if every `ranks_per_node` ranks in order are one. It does not exist yet.
  fs::path node_dir(int ranks_per_node) const { return path_ / ("node" + std::to_string(rank() / ranks_per_node)); }

 private:
  std::optional<Scratch> scratch_;  // on rank 0
  fs::path path_;
  int exceptions_ = std::uncaught_exceptions();
};

// Has damage.c flip a bit in what this rank receives, while it lives: in the `call`th message from now on (counted from
// 0, MPI_Bcast and MPI_Ibcast that are not empty), at byte `offset` (from the end when it is negative).
class Damage {
 public:
  Damage(int call, long offset) { set(std::to_string(call) + ":" + std::to_string(offset)); }
  // The call fails instead.
  explicit Damage(int call) { set(std::to_string(call) + ":error"); }
  Damage(const Damage&) = delete;
  Damage& operator=(const Damage&) = delete;
  ~Damage() { ::unsetenv("DIJITSO_TEST_DAMAGE"); }

 private:
  static void set(const std::string& what) {
    static int serial = 0;  // a new text is a new beginning
    ::setenv("DIJITSO_TEST_DAMAGE", (std::to_string(rank()) + ":" + what + " #" + std::to_string(++serial)).c_str(), 1);
  }
};

}  // namespace dijitso::testing
