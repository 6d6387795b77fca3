#include "ranks.h"

#include <dijitso/error.h>

#include <catch2/catch.hpp>

#include <numeric>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::vector<int> every_rank() {
  std::vector<int> ranks(static_cast<std::size_t>(size()));
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

int rank_in(const mpi::Communicator& comm) {
  int value = -1;
  MPI_Comm_rank(comm.get(), &value);
  return value;
}

MPI_Errhandler handler_of(MPI_Comm comm) {
  MPI_Errhandler handler;
  MPI_Comm_get_errhandler(comm, &handler);
  return handler;
}

}  // namespace

TEST_CASE("partitions are gathered in order, each once") {
  CHECK(mpi::gather_global_partitions(MPI_COMM_WORLD, rank()) == every_rank());
  CHECK(mpi::gather_global_partitions(MPI_COMM_WORLD, -7) == std::vector{-7});
  const auto halves = mpi::gather_global_partitions(MPI_COMM_WORLD, 5 - rank() % 2);
  CHECK(halves == (size() > 1 ? std::vector{4, 5} : std::vector{5}));
  MPI_Comm reversed = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, 0, -rank(), &reversed);
  const mpi::Communicator owner(reversed);
  CHECK(mpi::gather_global_partitions(reversed, rank()) == every_rank());
}

TEST_CASE("a communicator of some ranks has them in the order in which they are named") {
  CHECK(gathered(rank(), mpi::create_subcomm(MPI_COMM_WORLD, every_rank()).get()) == every_rank());
  std::vector<int> backwards = every_rank();
  std::ranges::reverse(backwards);
  CHECK(gathered(rank(), mpi::create_subcomm(MPI_COMM_WORLD, backwards).get()) == backwards);
  for (int only = 0; only < size(); ++only) {
    const mpi::Communicator sub = mpi::create_subcomm(MPI_COMM_WORLD, {only});
    CHECK(static_cast<bool>(sub) == (rank() == only));
    if (sub) CHECK(gathered(rank(), sub.get()) == std::vector{only});
  }
  CHECK_FALSE(mpi::create_subcomm(MPI_COMM_WORLD, {}));
}

TEST_CASE("ranks of which no communicator can be made are an error on all ranks, whoever names them") {
  const int last = size() - 1;
  const std::string where = "rank " + std::to_string(last) + " of " + std::to_string(size()) + ": ";
  const auto named_by_last = [&](std::vector<int> wrong) {
    return mpi::create_subcomm(MPI_COMM_WORLD, rank() == last ? wrong : std::vector{0});
  };
  CHECK_THROWS_WITH(named_by_last({size()}), Contains(where + "there is no rank " + std::to_string(size())));
  CHECK_THROWS_WITH(named_by_last({-1}), Contains(where + "there is no rank -1"));
  CHECK_THROWS_AS(named_by_last({0, 0}), CommunicationError);
  CHECK_THROWS_WITH(named_by_last({0, 0}), Contains(where + "rank 0 cannot be in a communicator twice"));
  CHECK(mpi::gather_global_partitions(MPI_COMM_WORLD, 1) == std::vector{1});
}

TEST_CASE("nodes are the ranks that share a directory") {
  const SharedScratch shared;
  for (const int ranks_per_node : {1, 2, 3}) {
    INFO(ranks_per_node);
    const fs::path directory = shared / std::to_string(ranks_per_node);
    // Nodes need not be of neighbours: here every nodes-th rank.
    const int nodes = (size() + ranks_per_node - 1) / ranks_per_node;
    const auto [node, root] =
        mpi::create_node_comm(MPI_COMM_WORLD, (directory / std::to_string(rank() % nodes)).string());
    CHECK(root == rank() % nodes);
    std::vector<int> members;
    for (int member = root; member < size(); member += nodes) members.push_back(member);
    CHECK(gathered(rank(), node.get()) == members);

    const mpi::Communicator roots = mpi::create_node_roots_comm(MPI_COMM_WORLD, root);
    CHECK(static_cast<bool>(roots) == (rank() == root));
    if (roots) CHECK(rank_in(roots) == root);
    CHECK(total(roots ? 1 : 0) == nodes);
  }
}

TEST_CASE("a node root that is no rank is an error on all ranks") {
  CHECK_THROWS_AS(mpi::create_node_roots_comm(MPI_COMM_WORLD, rank() == 0 ? size() : 0), CommunicationError);
}

TEST_CASE("communicators that are made have the error handler of the one they are made from, which keeps it") {
  CHECK(handler_of(MPI_COMM_WORLD) == MPI_ERRORS_ARE_FATAL);
  const SharedScratch shared;
  const auto sub = mpi::create_subcomm(MPI_COMM_WORLD, every_rank());
  const auto node = mpi::create_node_comm(MPI_COMM_WORLD, shared.path().string());
  CHECK(handler_of(sub.get()) == MPI_ERRORS_ARE_FATAL);
  CHECK(handler_of(node.comm.get()) == MPI_ERRORS_ARE_FATAL);
  CHECK(handler_of(MPI_COMM_WORLD) == MPI_ERRORS_ARE_FATAL);
  MPI_Comm_set_errhandler(sub.get(), MPI_ERRORS_RETURN);
  const auto subsub = mpi::create_subcomm(sub.get(), every_rank());
  CHECK(handler_of(sub.get()) == MPI_ERRORS_RETURN);
  CHECK(handler_of(subsub.get()) == MPI_ERRORS_RETURN);
  // After a failure too.
  CHECK_THROWS_AS(mpi::create_subcomm(MPI_COMM_WORLD, {-1}), CommunicationError);
  CHECK(handler_of(MPI_COMM_WORLD) == MPI_ERRORS_ARE_FATAL);
}

TEST_CASE("a communicator is owned by one at a time, and can be given away") {
  mpi::Communicator first = mpi::create_subcomm(MPI_COMM_WORLD, every_rank());
  const MPI_Comm handle = first.get();
  mpi::Communicator second(std::move(first));
  CHECK_FALSE(first);
  CHECK(second.get() == handle);
  first = std::move(second);
  CHECK(first.get() == handle);
  MPI_Comm given = first.release();
  CHECK_FALSE(first);
  CHECK(gathered(rank(), given) == every_rank());
  CHECK(MPI_Comm_free(&given) == MPI_SUCCESS);
}

TEST_CASE("an intercommunicator is refused") {
  if (size() == 1) return;
  MPI_Comm half = MPI_COMM_NULL, inter = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, rank() % 2, rank(), &half);
  const mpi::Communicator owner(half);
  MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, 1 - rank() % 2, 0, &inter);
  const mpi::Communicator inter_owner(inter);
  CHECK_THROWS_AS(mpi::bcast_uuid(inter), InvalidArgument);
  CHECK_THROWS_WITH(mpi::bcast_uuid(inter), Contains("MPI_Intercomm_merge"));
}

TEST_CASE("a communicator is freed when nobody owns it any more, and no sooner") {
  static int freed = 0;
  const auto count = [](MPI_Comm, int, void*, void*) {
    ++freed;
    return MPI_SUCCESS;
  };
  int key = MPI_KEYVAL_INVALID;
  MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, count, &key, nullptr);
  const auto watched = [&] {
    mpi::Communicator made = mpi::create_subcomm(MPI_COMM_WORLD, every_rank());
    MPI_Comm_set_attr(made.get(), key, nullptr);
    return made;
  };
  {
    const mpi::Communicator owner = watched();
    CHECK(freed == 0);
  }
  CHECK(freed == 1);
  mpi::create_comms_and_role_node(MPI_COMM_WORLD, watched(), 0);
  CHECK(freed == 2);
  mpi::Communicator replaced = watched();
  replaced = watched();
  CHECK(freed == 3);
  replaced = {};
  CHECK(freed == 4);
  MPI_Comm_free_keyval(&key);
}
