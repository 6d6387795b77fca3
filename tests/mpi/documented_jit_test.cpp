// The documented jit with send, receive and wait, on communicators of create_comms_and_role. The ranks are on two
// nodes: directories of which each stands for a disk of its own.
#include "documented.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;
using mpi::Role;

namespace {

constexpr int ranks_per_node = 2;

// A directory of each node, and the roles of the ranks.
struct Job {
  explicit Job(const std::string& buildon, int per_node = ranks_per_node)
      : node(shared.node_dir(per_node)), params(params_in(node / "cache")), comms(roles(buildon)) {}

  std::pair<Library, std::string> jit(const std::string& name, const Generate& generate) const {
    return jit_on_ranks(comms, name, params, generate);
  }

  SharedScratch shared;
  fs::path node;
  Params params;
  mpi::CommsAndRole comms;

 private:
  mpi::CommsAndRole roles(const std::string& buildon) const {
    return mpi::create_comms_and_role(MPI_COMM_WORLD, node.string(), buildon);
  }
};

int compiles() { return static_cast<int>(default_jit().counters().compiles); }

// How often this rank compiled since then.
class Compiles {
 public:
  int mine() const { return compiles() - before_; }

 private:
  int before_ = compiles();
};

// The modules of one test are not those of another.
std::string unique(const std::string& name) {
  static int serial = 0;
  return name + std::to_string(++serial);
}

}  // namespace

TEST_CASE("root: one compile in total, and every node has the module") {
  const Job job("root");
  const Compiles compiles;
  const std::string name = unique("m");
  CHECK(value(job.jit(name, gives_value(42))) == 42);
  CHECK(compiles.mine() == (rank() == 0 ? 1 : 0));
  barrier();
  CHECK(names_in(job.node / "cache" / "obj").size() == 1);
  // From memory, and then from the disk of the node.
  CHECK(value(job.jit(name, never)) == 42);
  default_jit().forget();
  CHECK(value(job.jit(name, never)) == 42);
  CHECK(total(compiles.mine()) == 1);
}

TEST_CASE("a rank that comes late finds what the builder has published on its node, and waits with the others") {
  for (const std::string buildon : {"root", "node"})
    for (int late = 0; late < size(); ++late) {
      const Job job(buildon);
      if (rank() == late) std::this_thread::sleep_for(std::chrono::milliseconds(300));
      CHECK(value(job.jit(unique("m"), gives_value(42))) == 42);
    }
}

TEST_CASE("node: one compile a directory") {
  const Job job("node");
  const Compiles compiles;
  CHECK(value(job.jit(unique("m"), gives_value(42))) == 42);
  CHECK(compiles.mine() == (rank() % ranks_per_node == 0 ? 1 : 0));
  CHECK(total(compiles.mine()) == (size() + ranks_per_node - 1) / ranks_per_node);
  CHECK(names_in(job.node / "cache" / "obj").size() == 1);
}

TEST_CASE("process: one compile a rank") {
  const Job job("process", 1);
  const Compiles compiles;
  CHECK(value(job.jit(unique("m"), gives_value(42))) == 42);
  CHECK(compiles.mine() == 1);
  CHECK(names_in(job.node / "cache" / "obj").size() == 1);
}

TEST_CASE("what generate asks jit for, on the builder alone, is sent along") {
  for (const std::string buildon : {"root", "node"}) {
    const Job job(buildon);
    const Compiles compiles;
    const std::string base = unique("base");
    const Generate generate = [&](auto&&...) {
      jit(base, job.params, gives("int base() { return 40; }", "int base();"));
      return Generated{"", "#include \"" + base + ".h\"\nextern \"C\" int value() { return base() + 2; }", {base}};
    };
    CHECK(value(job.jit(unique("user"), generate)) == 42);
    CHECK(compiles.mine() == (job.comms.role == Role::builder ? 2 : 0));
    barrier();
    CHECK(names_in(job.node / "cache" / "obj").size() == 2);
  }
}

TEST_CASE("a builder that fails to generate or to compile is an error on every rank, and the next jit works") {
  const Generate throws = [](auto&&...) -> Generated { throw std::domain_error("the mesh is flat"); };
  const Generate wrong = gives("int x = mistake;");
  for (const std::string buildon : {"root", "node"}) {
    const Job job(buildon);
    const bool hears_why = job.comms.role != Role::waiter;
    for (int i = 0; i < 3; ++i) {
      const std::string name = unique("m");
      const std::string not_generated = failure([&] { job.jit(name, throws); });
      CHECK_THAT(not_generated, Contains(hears_why ? "the mesh is flat" : "'" + name + "'"));
      barrier();  // or the next module of this name may be found by who still looks for the one that failed
      const std::string not_compiled = failure([&] { job.jit(name, wrong); });
      CHECK_THAT(not_compiled, Contains(hears_why ? "mistake" : "'" + name + "'"));
      barrier();
      CHECK(value(job.jit(name, gives_value(i))) == i);
    }
  }
  const Job job("process", 1);
  CHECK_THROWS_AS(job.jit(unique("m"), throws), std::domain_error);
  CHECK_THROWS_AS(job.jit(unique("m"), wrong), CompileFailed);
  CHECK(value(job.jit(unique("m"), gives_value(1))) == 1);
}

TEST_CASE("one builder of several fails: the error is that of its node, and the others have the module") {
  const Job job("node");
  const bool is_first_node = rank() < ranks_per_node;
  const std::string name = unique("m");
  const auto call = [&] { job.jit(name, is_first_node ? gives("int x = mistake;") : gives_value(42)); };
  CHECK(failure(call).empty() == !is_first_node);
  barrier();
  CHECK(value(job.jit(name, gives_value(42))) == 42);
}

TEST_CASE("a receiver whose disk cannot be used works from memory; who waits for it in vain says so") {
  const Job job("root");
  if (job.comms.role == Role::receiver) write_text(job.node / "cache", "a file, not a directory");
  barrier();
  const bool waits_in_vain = job.comms.role == Role::waiter && rank() >= ranks_per_node;
  const Warnings warnings;
  int found = 0;
  const std::string error = failure([&] { found = value(job.jit(unique("m"), gives_value(42))); });
  CHECK(found == (waits_in_vain ? 0 : 42));
  if (waits_in_vain) CHECK_THAT(error, Contains("after waiting for its builder"));
}
