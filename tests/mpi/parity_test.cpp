// Every documented function of the module mpi does its work with real arguments, on two ranks of which each has a
// directory of its own. The list is that of tests/api, so that a function that is missing here is noticed.
#include "ranks.h"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <set>
#include <sstream>

using namespace dijitso::testing;
using namespace dijitso::mpi;

namespace {

std::set<std::string> documented() {
  std::istringstream lines(read_text(DOCUMENTED_FUNCTIONS));
  std::set<std::string> names;
  std::string module, function, rest;
  while (std::getline(lines, module, '\t') && std::getline(lines, function, '\t') && std::getline(lines, rest))
    if (module == "mpi") names.insert(function);
  return names;
}

std::vector<std::uint8_t> exchanged(std::uint8_t byte) {
  if (rank() != 0) return receive_binary(MPI_COMM_WORLD);
  send_binary(MPI_COMM_WORLD, {byte});
  return {byte};
}

bool is_of(const Communicator& comm, const std::vector<int>& ranks) {
  return comm && gathered(rank(), comm.get()) == ranks;
}

}  // namespace

TEST_CASE("every documented function is called") {
  const SharedScratch shared;
  const MPI_Comm world = MPI_COMM_WORLD;
  const std::string own = shared.node_dir(1).string();
  const std::vector<int> me = {rank()};
  const auto node = [&] { return create_node_comm(world, own).comm; };
  const std::map<std::string, std::function<bool()>> calls = {
      {"bcast_uuid", [&] { return bcast_uuid(world).size() == 32; }},
      {"create_comms_and_role",
       [&] { return create_comms_and_role(world, own, "root").role == (rank() ? Role::receiver : Role::builder); }},
      {"create_comms_and_role_node",
       [&] { return is_of(create_comms_and_role_node(world, node(), rank()).wait_comm, me); }},
      {"create_comms_and_role_process",
       [&] { return create_comms_and_role_process(world, node(), rank()).role == Role::builder; }},
      {"create_comms_and_role_root",
       [&] { return is_of(create_comms_and_role_root(world, node(), rank()).copy_comm, {0, 1}); }},
      {"create_node_comm", [&] { return create_node_comm(world, own).node_root == rank(); }},
      {"create_node_roots_comm", [&] { return is_of(create_node_roots_comm(world, rank()), {0, 1}); }},
      {"create_subcomm", [&] { return is_of(create_subcomm(world, {1, 0}), {1, 0}); }},
      {"discover_path_access_ranks", [&] { return discover_path_access_ranks(world, own) == me; }},
      {"gather_global_partitions", [&] { return gather_global_partitions(world, rank()) == std::vector{0, 1}; }},
      {"receive_binary", [&] { return exchanged(7) == std::vector<std::uint8_t>{7}; }},
      {"send_binary", [&] { return exchanged(8) == std::vector<std::uint8_t>{8}; }},
  };
  std::set<std::string> called;
  for (const auto& [name, call] : calls) {
    INFO(name);
    CHECK(call());
    called.insert(name);
  }
  CHECK(called == documented());
  CHECK(called.size() == 12);
}
