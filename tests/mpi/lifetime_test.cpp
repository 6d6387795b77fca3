// Before MPI_Init and after MPI_Finalize; and communicators that cannot be used. One process, one test case: MPI begins
// and ends once.
#include <dijitso/error.h>
#include <dijitso/mpi.h>

#include <catch2/catch.hpp>

#include <functional>

using namespace dijitso;
using Catch::Contains;

namespace {

const std::vector<std::function<void(MPI_Comm)>> all_functions = {
    [](MPI_Comm comm) { mpi::bcast_uuid(comm); },
    [](MPI_Comm comm) { mpi::discover_path_access_ranks(comm, "/nonexistent"); },
    [](MPI_Comm comm) { mpi::gather_global_partitions(comm, 0); },
    [](MPI_Comm comm) { mpi::create_subcomm(comm, {0}); },
    [](MPI_Comm comm) { mpi::create_node_comm(comm, "/nonexistent"); },
    [](MPI_Comm comm) { mpi::create_node_roots_comm(comm, 0); },
    [](MPI_Comm comm) { mpi::create_comms_and_role_root(comm, {}, 0); },
    [](MPI_Comm comm) { mpi::create_comms_and_role_node(comm, {}, 0); },
    [](MPI_Comm comm) { mpi::create_comms_and_role_process(comm, {}, 0); },
    [](MPI_Comm comm) { mpi::send_binary(comm, {}); },
    [](MPI_Comm comm) { mpi::receive_binary(comm); },
};

void check_refused(MPI_Comm comm, const std::string& text) {
  for (std::size_t i = 0; i < all_functions.size(); ++i) {
    INFO("function " << i);
    CHECK_THROWS_AS(all_functions[i](comm), InvalidArgument);
    CHECK_THROWS_WITH(all_functions[i](comm), Contains(text));
  }
}

}  // namespace

TEST_CASE("MPI that is not there, and communicators that are none") {
  check_refused(MPI_COMM_WORLD, "call MPI_Init");
  CHECK_THROWS_AS(mpi::create_comms_and_role(MPI_COMM_WORLD, "", "root"), InvalidArgument);
  CHECK(mpi::create_comms_and_role(MPI_COMM_NULL, "", "root").role == mpi::Role::builder);

  MPI_Init(nullptr, nullptr);
  check_refused(MPI_COMM_NULL, "MPI_COMM_NULL");
  const auto self = mpi::create_subcomm(MPI_COMM_SELF, {0});
  CHECK(mpi::gather_global_partitions(self.get(), 3) == std::vector{3});
  {
    const mpi::Communicator outlives = mpi::create_subcomm(MPI_COMM_SELF, {0});
    MPI_Finalize();
    check_refused(MPI_COMM_WORLD, "before MPI_Finalize");
  }
}
