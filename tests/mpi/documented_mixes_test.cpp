// The documented roles with caches in every state: the module is on the disk of some nodes and not of others, and ranks
// come early and late. Nobody waits for one who does not come.
#include "documented.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

constexpr int rounds = 200;

// A directory for each node, as its ranks call it, and their roles. Ranks 0 and 2 are on one node, 1 and 3 on another.
struct Node {
  Node(const SharedScratch& shared, const std::string& buildon)
      : number(buildon == "process" ? rank() : rank() % 2),
        cache(shared.path() / buildon / std::to_string(number)),
        params(params_in(cache)),
        comms(mpi::create_comms_and_role(MPI_COMM_WORLD, cache.parent_path().string() + std::to_string(number),
                                         buildon)) {}

  int number;
  fs::path cache;
  Params params;
  mpi::CommsAndRole comms;
};

}  // namespace

TEST_CASE("in every mixture of caches everybody gets the module") {
  const SharedScratch shared;
  const Params of_copy = params_in(shared.path() / "copy");
  if (rank() == 0) Jit().jit("m", of_copy, gives_value(42));
  const Node nodes[] = {{shared, "root"}, {shared, "node"}, {shared, "process"}};
  std::mt19937 random(static_cast<unsigned>(rank()));
  for (int round = 0; round < rounds; ++round) {
    const Node& node = nodes[round % 3];
    const bool is_on_disk = (round / 3 >> node.number) % 2 != 0;
    default_jit().forget();
    barrier();
    if (rank() == node.number) {  // its first rank
      fs::remove_all(node.cache);
      if (is_on_disk) fs::copy(of_copy.cache.cache_dir, node.cache, fs::copy_options::recursive);
    }
    barrier();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    CHECK(value(jit_on_ranks(node.comms, "m", node.params, gives_value(42))) == 42);
    barrier();
    CHECK(names_in(node.cache / "obj").size() == 1);
  }
}
