// Creates communicators from others. Tested in tests/mpi/communicators_test.cpp.
#include "comm/mpi_errors.h"

#include <dijitso/error.h>

#include <algorithm>
#include <set>
#include <string>

namespace dijitso::mpi {
namespace {

// Owns an MPI group while a communicator is created from it.
class GroupHandle {
 public:
  ~GroupHandle() {
    if (group_ != MPI_GROUP_NULL && group_ != MPI_GROUP_EMPTY) MPI_Group_free(&group_);
  }
  MPI_Group* out() { return &group_; }
  MPI_Group get() const { return group_; }

 private:
  MPI_Group group_ = MPI_GROUP_NULL;
};

void check_ranks(const std::vector<int>& ranks, int size) {
  std::set<int> seen;
  for (const int rank : ranks) {
    if (rank < 0 || rank >= size)
      throw InvalidArgument("there is no rank " + std::to_string(rank) +
                            " of which to make a communicator: they are 0 to " + std::to_string(size - 1));
    if (!seen.insert(rank).second)
      throw InvalidArgument("rank " + std::to_string(rank) + " cannot be in a communicator twice: name it once");
  }
}

}  // namespace

Communicator::~Communicator() {
  if (comm_ == MPI_COMM_NULL) return;
  int finalised = 0;
  MPI_Finalized(&finalised);
  if (!finalised) MPI_Comm_free(&comm_);
}

std::vector<int> gather_global_partitions(MPI_Comm comm, int partition) {
  const Ranks ranks(comm);
  std::vector<int> partitions;
  ranks.together([&] { partitions.resize(static_cast<std::size_t>(ranks.size())); });
  check(MPI_Allgather(&partition, 1, MPI_INT, partitions.data(), 1, MPI_INT, comm), "gather the partitions");
  std::ranges::sort(partitions);
  partitions.erase(std::ranges::unique(partitions).begin(), partitions.end());
  return partitions;
}

Communicator create_subcomm(MPI_Comm comm, const std::vector<int>& ranks) {
  const Ranks all(comm);
  all.together([&] { check_ranks(ranks, all.size()); });
  GroupHandle group, subgroup;
  check(MPI_Comm_group(comm, group.out()), "get the group of a communicator");
  check(MPI_Group_incl(group.get(), static_cast<int>(ranks.size()), ranks.data(), subgroup.out()),
        "make a group of ranks");
  MPI_Comm made = MPI_COMM_NULL;
  check(MPI_Comm_create(comm, subgroup.get(), &made), "make a communicator of some ranks");
  return all.adopt(made);
}

NodeComm create_node_comm(MPI_Comm comm, const std::string& comm_dir) {
  const std::vector<int> node_ranks = discover_path_access_ranks(comm, comm_dir);
  const Ranks all(comm);
  MPI_Comm made = MPI_COMM_NULL;
  check(MPI_Comm_split(comm, node_ranks.front(), all.rank(), &made), "split a communicator into nodes");
  return {all.adopt(made), node_ranks.front()};
}

Communicator create_node_roots_comm(MPI_Comm comm, int node_root) {
  return create_subcomm(comm, gather_global_partitions(comm, node_root));
}

}  // namespace dijitso::mpi
