// Determines which ranks build, receive and wait. Tested in tests/mpi/roles_test.cpp.
#include "comm/mpi_errors.h"

#include <dijitso/error.h>

#include <algorithm>
#include <array>

namespace dijitso::mpi {
namespace {

struct Strategy {
  std::string_view buildon;
  CommsAndRole (*create)(MPI_Comm comm, Communicator node_comm, int node_root);
};

constexpr std::array<Strategy, 3> strategies = {{{"root", create_comms_and_role_root},
                                                 {"node", create_comms_and_role_node},
                                                 {"process", create_comms_and_role_process}}};

// The index in the list; -1 when there is no such strategy.
int index_of(std::string_view buildon) {
  const auto found = std::ranges::find(strategies, buildon, &Strategy::buildon);
  return found == strategies.end() ? -1 : static_cast<int>(found - strategies.begin());
}

void check_known(std::string_view buildon) {
  if (index_of(buildon) < 0)
    throw InvalidArgument("buildon must be 'root', 'node' or 'process', not '" + std::string(buildon) + "'");
}

// Collective: if one rank has an unknown or different strategy, the others must not wait for it.
void check_agreed(MPI_Comm comm, std::string_view buildon) {
  const Ranks ranks(comm);
  const int index = index_of(buildon);
  const bool are_equal = ranks.least(index) == -ranks.least(-index);
  check_known(buildon);
  if (!are_equal) throw InvalidArgument("buildon must be the same on all ranks of a communicator");
}

}  // namespace

CommsAndRole create_comms_and_role_root(MPI_Comm comm, Communicator node_comm, int node_root) {
  const int rank = Ranks(comm).rank();
  const int node_rank = Ranks(node_comm.get()).rank();
  const Role role = rank == 0 ? Role::builder : node_rank == 0 ? Role::receiver : Role::waiter;
  return {create_node_roots_comm(comm, node_root), std::move(node_comm), role};
}

CommsAndRole create_comms_and_role_node(MPI_Comm comm, Communicator node_comm, int) {
  const Ranks all(comm);
  const int node_rank = Ranks(node_comm.get()).rank();
  return {{}, std::move(node_comm), node_rank == 0 ? Role::builder : Role::waiter};
}

CommsAndRole create_comms_and_role_process(MPI_Comm comm, Communicator node_comm, int) {
  const int largest = -Ranks(comm).least(-Ranks(node_comm.get()).size());
  if (largest > 1)
    throw InvalidArgument("every process was asked to build for itself (buildon='process'), but " +
                          std::to_string(largest) +
                          " processes share a cache directory: give each process a directory of its own, or use "
                          "buildon='node'");
  return {};
}

CommsAndRole create_comms_and_role(MPI_Comm comm, const std::string& comm_dir, const std::string& buildon) {
  if (comm == MPI_COMM_NULL) {
    check_known(buildon);
    return {};
  }
  check_agreed(comm, buildon);
  NodeComm node = create_node_comm(comm, comm_dir);
  return strategies[static_cast<std::size_t>(index_of(buildon))].create(comm, std::move(node.comm), node.node_root);
}

}  // namespace dijitso::mpi
