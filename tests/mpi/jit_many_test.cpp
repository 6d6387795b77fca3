// Modules that all ranks build together: each compiles its share, all get everything.
#include "collective.h"

#include <algorithm>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

// f0() = 1, and fN() = fN-1() + 1 where `chained`; value() of each is its own number + 1.
Generate numbered(int number, bool chained) {
  const std::string own = "f" + std::to_string(number), before = "f" + std::to_string(number - 1);
  const bool uses = chained && number > 0;
  const std::string body = uses ? before + "() + 1" : std::to_string(number + 1);
  return gives((uses ? "#include <" + before + ".h>\n" : "") + "int " + own + "() { return " + body +
                   "; }\nextern \"C\" int value() { return " + own + "(); }\n",
               "int " + own + "();\n", uses ? std::vector{before} : std::vector<std::string>());
}

struct ManyJob : Job {
  using Job::Job;

  std::vector<JitRequest> requests(int count, bool chained) const {
    std::vector<JitRequest> all;
    for (int i = 0; i < count; ++i) all.push_back({"f" + std::to_string(i), params, numbered(i, chained)});
    return all;
  }
  std::vector<std::pair<Library, std::string>> many(const std::vector<JitRequest>& requests) {
    return mpi::jit_many(MPI_COMM_WORLD, requests, strategy, *local);
  }
  void check(const std::vector<JitRequest>& requests) {
    const auto libraries = many(requests);
    REQUIRE(libraries.size() == requests.size());
    for (std::size_t i = 0; i < libraries.size(); ++i) {
      CHECK(libraries[i].second == requests[i].name);
      CHECK(value(libraries[i]) == static_cast<int>(i) + 1);
    }
  }
};

}  // namespace

TEST_CASE("independent modules are shared out, and each is compiled once") {
  ManyJob job("auto");
  const int count = 2 * size() + 1;
  job.check(job.requests(count, false));
  CHECK(total(job.compiles()) == count);
  const int builders = std::min(size(), static_cast<int>(std::thread::hardware_concurrency()));
  CHECK(total(job.compiles() > 0) == builders);
  CHECK((job.compiles() == 0 || job.compiles() == count / builders || job.compiles() == count / builders + 1));
  CHECK(total(job.published()) == count * job.nodes());

  job.check(job.requests(count, false));
  job.restart();
  job.check(job.requests(count, false));
  CHECK(total(job.compiles()) == 0);
  CHECK(total(job.counters().disk_hits) == count * job.nodes());
}

TEST_CASE("modules that depend on each other are compiled on different ranks") {
  ManyJob job("auto");
  job.params.build.jobs = 1;
  job.check(job.requests(7, true));
  CHECK(total(job.compiles()) == 7);
  job.restart();
  job.check(job.requests(7, true));
  CHECK(total(job.compiles()) == 0);
}

TEST_CASE("a part of the list is there already, on some ranks") {
  ManyJob job("auto", 1);
  const auto requests = job.requests(6, true);
  if (rank() == size() - 1) {
    job.local->jit("f0", job.params, requests[0].generate);
    job.local->jit("f1", job.params, requests[1].generate);
  }
  barrier();
  job.check(requests);
  CHECK(total(job.compiles()) == 6);
}

TEST_CASE("a generate that asks for modules before it in the list does not build them again") {
  ManyJob job("auto");
  auto requests = job.requests(4, true);
  const auto asks = [&](int number) {
    return [&job, number, own = numbered(number, true)](const auto&... arguments) {
      for (int i = 0; i < number; ++i) job.local->jit("f" + std::to_string(i), job.params, numbered(i, true));
      return own(arguments...);
    };
  };
  for (int i = 1; i < 4; ++i) requests[static_cast<std::size_t>(i)].generate = asks(i);
  job.check(requests);
  CHECK(total(job.compiles()) == 4);
}

TEST_CASE("what a generate asks for besides travels with its module") {
  ManyJob job("auto");
  const auto uses_hidden = [&](const auto&...) {
    job.local->jit("hidden", job.params, gives("int hidden() { return 1; }", "int hidden();"));
    return Generated{"#include <hidden.h>\nint f0();",
                     "#include <f0.h>\nint f0() { return hidden(); }\nextern \"C\" int value() { return f0(); }",
                     {"hidden"}};
  };
  auto requests = job.requests(3, true);
  requests[0].generate = uses_hidden;
  job.check(requests);
  CHECK(total(job.compiles()) == 4);
  CHECK(job.local->jit("hidden", job.params, never).first.find("_Z6hiddenv") != nullptr);
}

TEST_CASE("code of another rank's module cannot be used in generate, and nobody hangs") {
  if (size() < 2) return;
  ManyJob job("auto");
  auto requests = job.requests(2, true);
  requests[1].generate = [&](const auto&...) -> Generated {
    value(job.local->jit("f0", job.params, numbered(0, true)));
    return {};
  };
  CHECK_THROWS_WITH(job.many(requests), Contains("rank 1 of") && Contains("'f0' is being built by another process"));
  job.check(job.requests(2, true));
}

TEST_CASE("a failure of one module is thrown on all ranks, and the list can be asked for again") {
  ManyJob job("auto");
  for (int victim = 0; victim < 4; ++victim) {
    auto requests = job.requests(5, true);
    requests[static_cast<std::size_t>(victim)].generate =
        gives("int x = mistake;", "int f" + std::to_string(victim) + "();");
    const auto error = thrown<CompileFailed>([&] { job.many(requests); });
    CHECK_THAT(error.what(), Contains("mistake") && Contains(" of " + std::to_string(size()) + ": "));
    CHECK(error.what() == broadcast(error.what()));
    requests[static_cast<std::size_t>(victim)].generate = [](const auto&...) -> Generated {
      throw std::domain_error("the mesh is flat");
    };
    CHECK_THROWS_WITH(job.many(requests), Contains("rank ") && Contains("the mesh is flat"));
    job.local->forget();
  }
  job.check(job.requests(5, true));
}

TEST_CASE("the same module twice in the list is one") {
  ManyJob job("auto");
  auto requests = job.requests(1, false);
  requests.push_back(requests[0]);
  const auto libraries = job.many(requests);
  CHECK((value(libraries[0]) == 1 && value(libraries[1]) == 1));
  CHECK(total(job.compiles()) == 1);
  CHECK(job.many({}).empty());
}

TEST_CASE("with another strategy the modules are built one after the other") {
  ManyJob job("node");
  job.check(job.requests(3, true));
  CHECK(total(job.compiles()) == 3 * job.nodes());
}

TEST_CASE("without generate on any rank a missing module is an error on all") {
  ManyJob job("auto");
  auto requests = job.requests(2, false);
  requests[1].generate = {};
  CHECK_THROWS_WITH(job.many(requests), Contains("'f1'") && Contains("no generate"));
  requests[1].generate = numbered(1, false);
  job.check(requests);
}

TEST_CASE("a site's cache, which nobody writes, is read by one rank for each directory") {
  Job job("auto");
  const fs::path site = job.shared / "site";
  if (rank() == 0) Jit().jit("m", params_in(site), gives_value(7));
  barrier();
  job.params.cache.readonly_dirs = {site.string()};
  CHECK(value(job.jit("m", never)) == 7);
  CHECK(total(job.compiles()) == 0);
  CHECK(total(static_cast<int>(job.counters().disk_hits)) == job.nodes());
}

TEST_CASE("an archive is read by one rank and published in each directory") {
  Job job("auto");
  const fs::path archive = job.shared / "modules.tar.zst";
  if (rank() == 0) {
    Place place;
    Jit jit;
    for (const int i : {0, 1}) jit.jit("f" + std::to_string(i), place.params, numbered(i, true));
    cache::export_modules({}, archive.string(), place.params.cache);
  }
  barrier();
  const std::string seen = rank() == 0 ? archive.string() : "/nonexistent";
  CHECK((mpi::import_modules(MPI_COMM_WORLD, seen, job.params.cache) ==
         cache::ImportResult{2 * static_cast<std::size_t>(job.nodes()), 0}));
  CHECK((mpi::import_modules(MPI_COMM_WORLD, seen, job.params.cache) ==
         cache::ImportResult{0, 2 * static_cast<std::size_t>(job.nodes())}));
  CHECK(value(job.jit("f1", never)) == 2);
  CHECK(total(job.compiles()) == 0);
  CHECK_THROWS_WITH(mpi::import_modules(MPI_COMM_WORLD, "/nonexistent", job.params.cache),
                    Contains("rank 0 of") && Contains("/nonexistent"));
}
