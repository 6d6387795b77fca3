#include "ranks.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;
using mpi::Role;

namespace {

int size_of(const mpi::Communicator& comm) {
  int value = 0;
  MPI_Comm_size(comm.get(), &value);
  return value;
}

int ranks_on_node(int ranks_per_node) {
  return std::min(ranks_per_node, size() - rank() / ranks_per_node * ranks_per_node);
}

}  // namespace

TEST_CASE("root: rank 0 builds, the first rank of each other node receives, the rest waits") {
  const SharedScratch shared;
  for (const int ranks_per_node : {1, 2, 3, 16}) {
    INFO(ranks_per_node);
    const bool is_first = rank() % ranks_per_node == 0;
    const fs::path directory = shared / std::to_string(ranks_per_node) / shared.node_dir(ranks_per_node).filename();
    const auto [copy, wait, role] = mpi::create_comms_and_role(MPI_COMM_WORLD, directory.string(), "root");
    CHECK(role == (rank() == 0 ? Role::builder : is_first ? Role::receiver : Role::waiter));
    CHECK(static_cast<bool>(copy) == is_first);
    if (copy) {
      int copy_rank = -1;
      MPI_Comm_rank(copy.get(), &copy_rank);
      CHECK((copy_rank == 0) == (role == Role::builder));
      CHECK(size_of(copy) == (size() + ranks_per_node - 1) / ranks_per_node);
    }
    REQUIRE(wait);
    CHECK(size_of(wait) == ranks_on_node(ranks_per_node));
  }
}

TEST_CASE("node: the first rank of each node builds, the rest waits, and nothing is sent") {
  const SharedScratch shared;
  const auto [copy, wait, role] = mpi::create_comms_and_role(MPI_COMM_WORLD, shared.node_dir(2).string(), "node");
  CHECK(role == (rank() % 2 == 0 ? Role::builder : Role::waiter));
  CHECK_FALSE(copy);
  REQUIRE(wait);
  CHECK(size_of(wait) == ranks_on_node(2));
}

TEST_CASE("process: every rank builds for itself, with a directory of its own") {
  const SharedScratch shared;
  const auto [copy, wait, role] = mpi::create_comms_and_role(MPI_COMM_WORLD, shared.node_dir(1).string(), "process");
  CHECK(role == Role::builder);
  CHECK_FALSE(copy);
  CHECK_FALSE(wait);
}

TEST_CASE("process: a shared directory is an error on all ranks, those with one of their own too") {
  if (size() == 1) return;
  const SharedScratch shared;
  // All but the last share.
  const fs::path directory = shared / (rank() == size() - 1 && size() > 2 ? "own" : "shared");
  const std::string sharing = std::to_string(size() > 2 ? size() - 1 : 2) + " processes share";
  const auto call = [&] { return mpi::create_comms_and_role(MPI_COMM_WORLD, directory.string(), "process"); };
  CHECK_THROWS_AS(call(), InvalidArgument);
  CHECK_THROWS_WITH(call(), Contains(sharing) && Contains("buildon='node'"));
}

TEST_CASE("each of the three takes the communicator of the node") {
  const SharedScratch shared;
  const auto node = [&] { return mpi::create_node_comm(MPI_COMM_WORLD, shared.node_dir(1).string()); };
  mpi::NodeComm given = node();
  const MPI_Comm handle = given.comm.get();
  auto roles = mpi::create_comms_and_role_root(MPI_COMM_WORLD, std::move(given.comm), given.node_root);
  CHECK(roles.wait_comm.get() == handle);
  CHECK(roles.copy_comm);
  CHECK(roles.role == (rank() == 0 ? Role::builder : Role::receiver));
  given = node();
  roles = mpi::create_comms_and_role_node(MPI_COMM_WORLD, std::move(given.comm), given.node_root);
  CHECK((roles.wait_comm && !roles.copy_comm && roles.role == Role::builder));
  given = node();
  roles = mpi::create_comms_and_role_process(MPI_COMM_WORLD, std::move(given.comm), given.node_root);
  CHECK((!roles.wait_comm && !roles.copy_comm && roles.role == Role::builder));
  CHECK_THROWS_AS(mpi::create_comms_and_role_node(MPI_COMM_WORLD, {}, 0), InvalidArgument);
}

TEST_CASE("an unknown strategy, or another one on one rank, is an error on all ranks") {
  const SharedScratch shared;
  const auto call = [&](const std::string& buildon) {
    return mpi::create_comms_and_role(MPI_COMM_WORLD, shared.path().string(), buildon);
  };
  CHECK_THROWS_WITH(call("cluster"), "buildon must be 'root', 'node' or 'process', not 'cluster'");
  CHECK_THROWS_AS(call(""), InvalidArgument);
  if (size() > 1) {
    CHECK_THROWS_AS(call(rank() == 0 ? "node" : "root"), InvalidArgument);
    CHECK_THROWS_WITH(call(rank() == 0 ? "nod" : "node"),
                      Contains(rank() == 0 ? "not 'nod'" : "the same on all ranks"));
  }
  barrier();
  CHECK(fs::is_empty(shared.path()));
  CHECK(call("node").role == (rank() == 0 ? Role::builder : Role::waiter));
}

TEST_CASE("without MPI the role is builder") {
  const auto [copy, wait, role] = mpi::create_comms_and_role(MPI_COMM_NULL, "", "root");
  CHECK((!copy && !wait && role == Role::builder));
  CHECK_THROWS_AS(mpi::create_comms_and_role(MPI_COMM_NULL, "", "cluster"), InvalidArgument);
}
