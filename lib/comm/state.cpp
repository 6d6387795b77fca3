// The state is freed with its communicator. Tested in tests/mpi/jit_test.cpp.
#include "comm/state.h"

#include "comm/mpi_errors.h"
#include "comm/vote.h"

#include <memory>
#include <utility>

namespace dijitso::mpi {
namespace {

constexpr std::size_t most_topologies = 8;  // per communicator; each may own communicators

int free_state(MPI_Comm, int, void* state, void*) {
  delete static_cast<State*>(state);
  return MPI_SUCCESS;
}

int attribute() {
  static const int key = [] {
    int made = MPI_KEYVAL_INVALID;
    check(MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, free_state, &made, nullptr), "make an attribute");
    return made;
  }();
  return key;
}

std::string name_of(const CacheParams& cache, const std::string& target) {
  return cache.cache_dir + "\n" + cache.comm_dir + (cache.use_disk ? "\n" : "\nin memory\n") + target;
}

}  // namespace

State& State::of(MPI_Comm comm) {
  const Ranks ranks(comm);
  void* known = nullptr;
  int is_known = 0;
  check(MPI_Comm_get_attr(comm, attribute(), &known, &is_known), "read an attribute");
  if (is_known) return *static_cast<State*>(known);
  MPI_Comm own = MPI_COMM_NULL;
  check(MPI_Comm_dup(comm, &own), "duplicate a communicator");
  Communicator owned(own);
  std::unique_ptr<State> state;
  ranks.together([&] { state = std::make_unique<State>(Group(std::move(owned))); });
  check(MPI_Comm_set_attr(comm, attribute(), state.get()), "set an attribute");
  return *state.release();
}

std::uint64_t State::number_of_topology(const CacheParams& cache, const std::string& target) const {
  const auto known = known_.find(name_of(cache, target));
  return known != known_.end() && topologies_.contains(known->second) ? known->second : 0;
}

Topology& State::topology(const CacheParams& cache, const std::string& target) {
  std::uint64_t number = 0;
  all.together([&] { number = number_of_topology(cache, target); });
  Compared<1> compared;
  compared.say({number});
  all.maximum(compared.maxima);
  if (compared.is_one() && number != 0) return topologies_.at(number);

  Topology made(all, cache, target);
  if (topologies_.size() == most_topologies) topologies_.erase(topologies_.begin());
  number = ++last_number_;
  try {
    all.together([&] {
      topologies_.emplace(number, std::move(made));
      known_[name_of(cache, target)] = number;
    });
  } catch (...) {
    topologies_.erase(number);  // all ranks or none have it
    throw;
  }
  return topologies_.at(number);
}

}  // namespace dijitso::mpi
