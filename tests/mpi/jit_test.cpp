// The collective jit: who compiles, who has what, and who touches which disk. Ranks have caches of their own, or two of
// them share one, as on nodes with disks.
#include "collective.h"

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

TEST_CASE("root: one rank compiles, everybody has the module, and each directory has it") {
  Job job("root");
  CHECK(value(job.jit("m", gives_value(7))) == 7);
  CHECK(total(job.compiles()) == 1);
  CHECK((rank() != 0 || job.compiles() == 1));
  CHECK(total(job.published()) == job.nodes());
  barrier();
  CHECK(names_in(job.params.cache.cache_dir / fs::path("obj")).size() == 1);

  // From memory, then from the disks, by one rank each.
  CHECK(value(job.jit("m", never)) == 7);
  job.restart();
  CHECK(value(job.jit("m", never)) == 7);
  CHECK(total(job.counters().disk_hits) == job.nodes());
  CHECK(total(job.compiles()) == 0);
}

TEST_CASE("node: one rank for each directory compiles") {
  Job job("node");
  CHECK(value(job.jit("m", gives_value(7))) == 7);
  CHECK(total(job.compiles()) == job.nodes());
  CHECK(job.compiles() == (rank() % ranks_per_node == 0 ? 1 : 0));
  CHECK(total(job.published()) == job.nodes());
}

TEST_CASE("process: every rank compiles, in a directory of its own") {
  Job job("process", 1);
  CHECK(value(job.jit("m", gives_value(7))) == 7);
  CHECK((job.compiles() == 1 && job.published() == 1));
}

TEST_CASE("process: ranks that share a directory are told so, and can go on") {
  if (size() < 2) return;
  Job job("process", size());
  CHECK_THROWS_WITH(job.jit("m", gives_value(7)),
                    Contains("'process'") && Contains(std::to_string(size()) + " ranks share"));
  job.strategy.build_on = "node";
  CHECK(value(job.jit("m", gives_value(7))) == 7);
}

TEST_CASE("what a module depends on travels with it, once") {
  Job job("root");
  const auto build = [&](auto&&...) {
    job.local->jit("base", job.params, gives("int base() { return 40; }", "int base();"));
    return Generated{"", "#include <base.h>\nextern \"C\" int value() { return base() + 2; }", {"base"}};
  };
  CHECK(value(job.jit("user", build)) == 42);
  CHECK(total(job.compiles()) == 2);
  CHECK(job.jit("base", never).first.find("_Z4basev") != nullptr);

  const auto another = [&](auto&&...) {
    return Generated{"", "#include <base.h>\nextern \"C\" int value() { return base() + 3; }", {"base"}};
  };
  CHECK(value(job.jit("another", another)) == 43);
  CHECK(total(job.compiles()) == 3);
  CHECK(total(job.published()) == 3 * job.nodes());
}

TEST_CASE("ranks without a directory get the module, and one of them says what is wrong") {
  Job job("root", 1);
  const Warnings warnings;
  const bool diskless = rank() > 0;
  if (diskless) {
    write_text(job.node, "a file where a directory should be");
  }
  CHECK(value(job.jit("m", gives_value(7))) == 7);
  CHECK(total(job.compiles()) == 1);
  CHECK(total(job.published()) == 1);
  CHECK(total(static_cast<int>(warnings.all().size())) == (size() > 1 ? 1 : 0));
  CHECK(value(job.jit("m", never)) == 7);
}

TEST_CASE("auto takes the first rank that can generate") {
  Job job("auto");
  const int last = size() - 1 - (size() - 1) % ranks_per_node;  // of those that use a disk
  CHECK(value(job.jit("m", rank() == last ? gives_value(7) : Generate())) == 7);
  CHECK(job.compiles() == (rank() == last ? 1 : 0));
  CHECK_THROWS_WITH(job.jit("n", Generate()), Contains("rank 0 of") && Contains("no generate"));
  // One that does not use the disk generates too, and others write it.
  if (size() < 2) return;
  CHECK(value(job.jit("o", rank() == 1 ? gives_value(8) : Generate())) == 8);
  CHECK(total(job.published()) == 2 * job.nodes());
}

TEST_CASE("alternating names, and flags that change there and back") {
  Job job("auto");
  for (const int round : {0, 1, 2}) {
    for (const char* name : {"a", "b", "c"}) CHECK(value(job.jit(name, gives_value(name[0]))) == name[0]);
    CHECK(total(job.compiles()) == (round < 2 ? 3 : 0));
    if (round == 1) job.restart();
  }
  job.params.build.cxxflags.push_back("-DTWO");
  CHECK(value(job.jit("a", gives_value(2))) == 2);
  job.params.build.cxxflags.pop_back();
  CHECK(value(job.jit("a", never)) == 'a');
}

TEST_CASE("two communicators, alternating and at once") {
  Job job("root");
  const int half = rank() % 2;
  MPI_Comm part = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, half, rank(), &part);
  for (const int round : {1, 2, 3}) {
    const std::string name = "m" + std::to_string(round);
    CHECK(value(mpi::jit(part, name + "_" + std::to_string(half), job.params, gives_value(round), job.strategy,
                         *job.local)) == round);
    CHECK(value(job.jit(name, gives_value(-round))) == -round);
  }
  // Each in a thread of its own.
  std::thread thread(
      [&] { CHECK(value(mpi::jit(part, "in_thread", job.params, gives_value(9), job.strategy, *job.local)) == 9); });
  CHECK(value(job.jit("meanwhile", gives_value(10))) == 10);
  thread.join();
  MPI_Comm_free(&part);
}

TEST_CASE("different requests are an error that tells the difference") {
  if (size() < 2) return;
  Job job("root");
  if (rank() == 1) job.params.build.cxxflags.push_back("-DOTHER");
  CHECK_THROWS_WITH(job.jit("m", gives_value(1)), Contains("rank 1 of") &&
                                                      Contains("'m' asks for something else than rank 0") &&
                                                      Contains("-DOTHER"));
  if (rank() == 1) job.params.build.cxxflags.pop_back();
  CHECK_THROWS_WITH(job.jit(rank() == 1 ? "n" : "m", gives_value(1)), Contains("something else"));
  job.strategy.build_on = rank() == 1 ? "node" : "root";
  CHECK_THROWS_WITH(job.jit("m", gives_value(1)), Contains("the same strategy"));
  job.strategy.build_on = "root";
  CHECK(value(job.jit("m", gives_value(1))) == 1);
  CHECK(total(job.compiles()) == 1);
}

TEST_CASE("wrong arguments on one rank are an error on all") {
  Job job("root");
  const int last = size() - 1;
  const std::string where = "rank " + std::to_string(last) + " of " + std::to_string(size()) + ": ";
  if (rank() == last) job.strategy.build_on = "everywhere";
  CHECK_THROWS_WITH(job.jit("m", gives_value(1)),
                    Contains(where + "strategy.build_on is 'everywhere'") && Contains("'node'"));
  job.strategy.build_on = "root";
  CHECK_THROWS_WITH(job.jit(rank() == last ? "../m" : "m", gives_value(1)), Contains(where) && Contains("../m"));
  CHECK_THROWS_AS(mpi::jit(MPI_COMM_NULL, "m", job.params, gives_value(1)), InvalidArgument);
  CHECK(value(job.jit("m", gives_value(1))) == 1);
}

TEST_CASE("a rank that cannot ask tells the others why") {
  Job job("root");
  const int last = size() - 1;
  const auto ask = [&](auto together) {
    if (rank() == last) mpi::refuse(MPI_COMM_WORLD, std::make_exception_ptr(InvalidArgument("no such parameter")));
    together();
  };
  const std::string text = "rank " + std::to_string(last) + " of " + std::to_string(size()) + ": no such parameter";
  CHECK_THROWS_WITH(ask([&] { job.jit("m", gives_value(1)); }), text);
  CHECK_THROWS_WITH(ask([&] { mpi::jit_many(MPI_COMM_WORLD, {{"m", job.params, gives_value(1)}}, {}, *job.local); }),
                    text);
  CHECK(value(job.jit("m", gives_value(1))) == 1);
}

TEST_CASE("mpi::jit inside a collective generate is refused, not a deadlock") {
  Job job("root");
  const auto nested = [&](auto&&...) -> Generated {
    job.jit("inner", gives_value(1));
    return {};
  };
  CHECK_THROWS_WITH(job.jit("outer", nested), Contains("rank 0 of") && Contains("call dijitso::jit there"));
  CHECK(value(job.jit("outer", gives_value(1))) == 1);
}

#if defined(__x86_64__)
TEST_CASE("ranks with different processors: what all have, or a variant for each") {
  if (size() < 2) return;
  const std::string source = R"(
#if defined(__AVX2__)
extern "C" int value() { return 2; }
#else
extern "C" int value() { return 1; }
#endif
)";
  Job job("root", size());
  job.params.build.target_cpu = rank() % 2 == 0 ? "x86-64-v3" : "x86-64-v2";
  job.strategy.isa = "per_class";
  CHECK(value(job.jit("m", gives(source))) == (rank() % 2 == 0 ? 2 : 1));
  CHECK(total(job.compiles()) == 2);
  CHECK(total(job.published()) == 2);
  CHECK(value(job.jit("m", never)) == (rank() % 2 == 0 ? 2 : 1));

  job.strategy.isa = "common";
  CHECK(value(job.jit("m", gives(source))) == 1);
  CHECK(total(job.compiles()) == 3);
  CHECK(value(job.jit("m", never)) == 1);
  CHECK(value(job.jit("n", gives(source))) == 1);
  CHECK(total(job.compiles()) == 4);
}
#endif

TEST_CASE("modules are compressed on their way when that is asked for") {
  Job job("root", 1);
  const std::string source =
      "extern \"C\" const char text[] = \"" + std::string(300000, 'x') + "\";\n" + value_source(7);
  const std::uint64_t before = mpi::traffic().bytes_received + mpi::traffic().bytes_sent;
  job.strategy.compression = "always";
  CHECK(value(job.jit("m", gives(source))) == 7);
  const std::uint64_t compressed = mpi::traffic().bytes_received + mpi::traffic().bytes_sent - before;
  job.strategy.compression = "never";
  CHECK(value(job.jit("n", gives(source))) == 7);
  const std::uint64_t plain = mpi::traffic().bytes_received + mpi::traffic().bytes_sent - before - compressed;
  if (size() < 2) return;
  CHECK((plain > 300000 && compressed < 100000));
}
