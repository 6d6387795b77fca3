// How often ranks meet for one module: the collective calls of MPI that the collective jit makes, and how a rank waits
// in them. The functions of MPI and of the C library below stand before those of the libraries.
#include "collective.h"

#include <time.h>

#include <atomic>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

// Of this rank, from a library of dijitso or a test.
struct Calls {
  int agreements = 0, broadcasts = 0, others = 0;
  bool operator==(const Calls&) const = default;
};
Calls calls;

std::atomic<int> tests{0};               // MPI_Test since the last time that one found its request completed
std::atomic<int> tests_before_sleep{0};  // of the first sleep after that
std::atomic<bool> tells_of_sleep{false};
fs::path told;

void note_sleep() {
  if (!tells_of_sleep.exchange(false)) return;
  tests_before_sleep = tests.load();
  write_text(told, "");
}

template <class Function>
auto counted(int Calls::* which, Function function) {
  ++(calls.*which);
  return function();
}

}  // namespace

#pragma GCC visibility push(default)  // Open MPI's header says so of these functions, MPICH's does not
extern "C" {
int MPI_Iallreduce(const void* in, void* out, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request* request) {
  return counted(&Calls::agreements, [&] { return PMPI_Iallreduce(in, out, count, type, op, comm, request); });
}
int MPI_Ibcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm, MPI_Request* request) {
  return counted(&Calls::broadcasts, [&] { return PMPI_Ibcast(buffer, count, type, root, comm, request); });
}
int MPI_Bcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm) {
  return counted(&Calls::broadcasts, [&] { return PMPI_Bcast(buffer, count, type, root, comm); });
}
int MPI_Allreduce(const void* in, void* out, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  return counted(&Calls::others, [&] { return PMPI_Allreduce(in, out, count, type, op, comm); });
}
int MPI_Allgather(const void* in, int in_count, MPI_Datatype in_type, void* out, int count, MPI_Datatype type,
                  MPI_Comm comm) {
  return counted(&Calls::others, [&] { return PMPI_Allgather(in, in_count, in_type, out, count, type, comm); });
}
int MPI_Barrier(MPI_Comm comm) {
  return counted(&Calls::others, [&] { return PMPI_Barrier(comm); });
}
int MPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm* made) {
  return counted(&Calls::others, [&] { return PMPI_Comm_split(comm, color, key, made); });
}
int MPI_Comm_dup(MPI_Comm comm, MPI_Comm* made) {
  return counted(&Calls::others, [&] { return PMPI_Comm_dup(comm, made); });
}
int MPI_Test(MPI_Request* request, int* is_done, MPI_Status* status) {
  ++tests;
  const int code = PMPI_Test(request, is_done, status);
  if (*is_done) tests = 0;
  return code;
}
int nanosleep(const timespec* wanted, timespec* left) {
  note_sleep();
  return ::clock_nanosleep(CLOCK_REALTIME, 0, wanted, left) == 0 ? 0 : -1;
}
}
#pragma GCC visibility pop

namespace {

// What one module of these ranks costs.
template <class Action>
Calls calls_of(Action action) {
  barrier();
  calls = {};
  action();
  return calls;
}

constexpr Calls in_memory{1, 0, 0}, from_one_cache{2, 1, 0}, miss{3, 1, 0};

// A job in one directory that knows who shares it.
struct KnownJob : Job {
  explicit KnownJob(int per_node_ = size()) : Job("root", per_node_) { jit("first", gives_value(0)); }

  // `count` modules, the n-th of which needs all before it; its value is n + 1.
  Generate chain(int count) {
    return [this, count](auto&&...) {
      std::string source;
      std::vector<std::string> names;
      for (int i = 0; i < count; ++i) {
        names.push_back("part" + std::to_string(i));
        const std::string function = "int " + names.back() + "()";
        local->jit(names.back(), params, gives(function + " { return 1; }", function + ";"));
        source += "#include <" + names.back() + ".h>\n";
      }
      source += "extern \"C\" int value() { return 1";
      for (const std::string& name : names) source += " + " + name + "()";
      return Generated{"", source + "; }", names};
    };
  }

  std::uint64_t received(const std::string& name, const Generate& generate) {
    const std::uint64_t before = mpi::traffic().bytes_received;
    jit(name, generate);
    return mpi::traffic().bytes_received - before;
  }
};

// A group of one rank sends nothing.
Calls without_messages(Calls expected) {
  if (size() > 1) return expected;
  return {expected.agreements - (expected.broadcasts > 0 ? 1 : 0), 0, expected.others};
}

}  // namespace

TEST_CASE("a module that all have in memory costs one call") {
  KnownJob job;
  CHECK(calls_of([&] { job.jit("first", never); }) == in_memory);
}

TEST_CASE("a hit in the cache of one rank takes two rounds: a vote, then the content and its vote") {
  KnownJob job;
  job.jit("m", gives_value(7));
  job.jit("with_parts", job.chain(3));
  job.restart();
  CHECK(calls_of([&] { job.jit("m", never); }) == without_messages(from_one_cache));
  CHECK(calls_of([&] { job.jit("with_parts", never); }) == without_messages(from_one_cache));
  CHECK(total(static_cast<int>(job.counters().disk_hits)) == 5);
}

TEST_CASE("a hit in the cache of each rank costs one call") {
  KnownJob job(1);
  job.jit("m", gives_value(7));
  job.restart();
  CHECK(calls_of([&] { job.jit("m", never); }) == in_memory);
  CHECK(job.counters().disk_hits == 1);
}

TEST_CASE("a miss costs three calls beyond the content, with all it depends on") {
  for (const char* const build_on : {"root", "auto"}) {
    KnownJob job;
    job.strategy.build_on = build_on;
    CHECK(calls_of([&] { job.jit("m", gives_value(7)); }) == without_messages(miss));
    CHECK(calls_of([&] { job.jit("with_parts", job.chain(3)); }) == without_messages(miss));
    CHECK(total(job.compiles()) == 6);
  }
}

TEST_CASE("a miss that is compressed, and has an announcement, costs four calls beyond the content") {
  if (size() == 1) return;
  KnownJob job;
  job.strategy.compression = "always";
  const std::string long_text = "extern \"C\" const char text[] = \"" + std::string(100'000, 'x') + "\";\n";
  CHECK(calls_of([&] { job.jit("m", gives(long_text + value_source(7))); }) == Calls{4, 2, 0});
}

TEST_CASE("parts that all ranks have do not travel, those that one lacks do") {
  if (size() == 1) return;
  KnownJob job;
  const std::string long_text = "extern \"C\" const char text[] = \"" + std::string(100'000, 'x') + "\";\n";
  const auto needs_base = [&](int number) {
    return [&job, number, long_text](auto&&...) {
      job.local->jit("base", job.params, gives(long_text + "int base() { return 1; }", "int base();"));
      return Generated{
          "",
          "#include <base.h>\nextern \"C\" int value() { return base() + " + std::to_string(number) + "; }",
          {"base"}};
    };
  };
  const bool receives = rank() != 0;
  CHECK((job.received("a", needs_base(1)) > 100'000) == receives);
  CHECK(job.received("b", needs_base(2)) < 100'000);
  barrier();
  if (rank() == size() - 1) job.local->forget();
  CHECK(calls_of([&] { CHECK((job.received("c", needs_base(3)) > 100'000) == receives); }) == miss);
}

TEST_CASE("when the variants in memory differ, one more call finds out what is lacking") {
  if (size() == 1) return;
  KnownJob job(1);
  const fs::path header = job.shared / "number.h";
  const Generate generate = gives("#include \"" + header.string() + "\"\nextern \"C\" int value() { return NUMBER; }");
  for (const int number : {1, 2}) {
    barrier();
    if (rank() == 0) write_text(header, "#define NUMBER " + std::to_string(number) + "\n");
    barrier();
    if ((rank() == 0) == (number == 1)) job.local->jit("m", job.params, generate);
  }
  CHECK(calls_of([&] { CHECK(value(job.jit("m", never)) == 1); }) == Calls{3, 1, 0});
}

TEST_CASE("a list of more parts than the vote holds is a message of its own") {
  KnownJob job;
  job.jit("m", job.chain(30));
  job.restart();
  const Calls many = calls_of([&] { CHECK(value(job.jit("m", never)) == 31); });
  CHECK(many == (size() > 1 ? Calls{5, 3, 0} : in_memory));
}

TEST_CASE("a rank that waits looks a number of times before it sleeps") {
  if (size() == 1) return;
  KnownJob job;
  const SharedScratch scratch;
  const fs::path told_here = scratch / "slept";
  const auto waits_for_sleep = [&](auto&&...) {
    while (!fs::exists(told_here)) std::this_thread::yield();
    return Generated{"", value_source(7), {}};
  };
  if (rank() == 1) {
    told = told_here;
    tells_of_sleep = true;
  }
  CHECK(value(job.jit("m", waits_for_sleep)) == 7);
  if (rank() == 1) CHECK(tests_before_sleep > 10);
  if (rank() == 1) CHECK(tests_before_sleep < 1000);
}
