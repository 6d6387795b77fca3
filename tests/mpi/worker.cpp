// A job that the Python suites of this folder start, watch and kill under mpirun.
//   worker <thread level> <directory>...   rank r asks for two modules, one of which needs the other, with the r-th of
//                                          the directories as its cache (the last, when there are fewer), and writes a
//                                          line of JSON
// The thread level is single, funneled, serialized or multiple. $DIJITSO_TEST_BUILDER changes what the builder does: it
// writes its process number and then waits for ever within generate ("generates"), or compiles for ever ("compiles").
#include <dijitso/mpi.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>

namespace {

using namespace dijitso;

const std::map<std::string, int> thread_levels = {{"single", MPI_THREAD_SINGLE},
                                                  {"funneled", MPI_THREAD_FUNNELED},
                                                  {"serialized", MPI_THREAD_SERIALIZED},
                                                  {"multiple", MPI_THREAD_MULTIPLE}};

std::string base_source() {
  const char* const how = std::getenv("DIJITSO_TEST_BUILDER");
  if (!how) return "int base() { return 40; }";
  std::printf("builder %d\n", ::getpid());
  std::fflush(stdout);
  if (how == std::string("generates"))
    for (;;) ::pause();
  return "constexpr int slow() { int s = 0; for (unsigned i = 0; i < 4000000000u; ++i) s ^= i; return s; }\n"
         "constexpr int base_value = slow();\nint base() { return base_value; }";
}

// Of a size that is worth compressing.
std::string main_source() {
  return "#include <base.h>\nextern \"C\" const char text[] = \"" + std::string(100'000, 'x') +
         "\";\nextern \"C\" int value() { return base() + 2; }";
}

int run(int rank, int provided, const std::string& directory) {
  Params params = validate_params({{"cache", {{"cache_dir", Value(directory)}}}});
  for (const char* const flag : {"-std=c++17", "-fconstexpr-steps=2000000000"}) params.build.cxxflags.push_back(flag);
  const Generate generate = [&](auto&&...) {
    jit("base", params, [](auto&&...) { return Generated{"int base();", base_source(), {}}; });
    return Generated{"", main_source(), {"base"}};
  };
  const auto [library, name] = mpi::jit(MPI_COMM_WORLD, "main", params, generate);
  const bool is_right = library.function<int()>("value")() == 42;
  const Counters counters = default_jit().counters();
  const mpi::Traffic traffic = mpi::traffic();
  std::printf(
      "{\"rank\": %d, \"right\": %s, \"level\": %d, \"compiles\": %d, \"waits\": %d, \"disk_hits\": %d, "
      "\"published\": %d, \"sent\": %d, \"received\": %d}\n",
      rank, is_right ? "true" : "false", provided, static_cast<int>(counters.compiles),
      static_cast<int>(counters.waits), static_cast<int>(counters.disk_hits), static_cast<int>(counters.published),
      static_cast<int>(traffic.bytes_sent), static_cast<int>(traffic.bytes_received));
  return is_right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || !thread_levels.contains(argv[1])) {
    std::fprintf(stderr, "usage: worker <thread level> <directory>...\n");
    return 64;
  }
  int provided = 0, rank = 0, failures = 1;
  MPI_Init_thread(&argc, &argv, thread_levels.at(argv[1]), &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  try {
    failures = run(rank, provided, argv[std::min(rank + 2, argc - 1)]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "worker: %s\n", error.what());
  }
  MPI_Finalize();
  return failures;
}
