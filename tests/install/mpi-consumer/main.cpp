// Rank 0 compiles, and sends what it compiled to a rank with a cache of its own. Argument: a directory for the caches.
#include <dijitso/jit.h>
#include <dijitso/mpi.h>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::string node = std::string(argv[1]) + "/node" + std::to_string(rank);
  int answer = 0;
  {
    const auto params = dijitso::validate_params({{"cache", {{"cache_dir", dijitso::Value(node)}}}});
    const auto comms = dijitso::mpi::create_comms_and_role(MPI_COMM_WORLD, node, "root");
    const MPI_Comm copy = comms.copy_comm.get();
    dijitso::Generate generate;
    dijitso::Exchange exchange;
    if (comms.role == dijitso::mpi::Role::builder) {
      generate = [](auto&&...) { return dijitso::Generated{"", "extern \"C\" int answer() { return 42; }", {}}; };
      exchange.send = [copy](const auto& bytes) { dijitso::mpi::send_binary(copy, bytes); };
    } else {
      exchange.receive = [copy] { return dijitso::mpi::receive_binary(copy); };
    }
    answer = dijitso::jit("answer", params, generate, exchange).first.function<int()>("answer")();
  }
  MPI_Finalize();
  const bool compiled = dijitso::default_jit().counters().compiles == 1;
  return answer == 42 && compiled == (rank == 0) ? 0 : 1;
}
