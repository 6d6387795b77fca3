// One rank has no memory, at each allocation of a collective function in turn: every rank ends with a result or an
// error, nobody waits for ever, and the next call on the same communicator works. Allocations fail in libdijitso-mpi;
// what fails in the libraries below it is a failure like any other, and LLVM does not survive it.
#include "collective.h"

#include <dijitso/cache.h>

#include <dlfcn.h>
#include <execinfo.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

using namespace dijitso;
using namespace dijitso::testing;

namespace {

thread_local long allocations_left = -1;  // until one fails; negative: none does
thread_local bool has_failed = false;

// Whether the function that allocates is in libdijitso-mpi, or was called by it from a library that is not dijitso's.
bool is_in_mpi() {
  std::array<void*, 32> frames;
  const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < count; ++i) {
    Dl_info place;
    if (::dladdr(frames[static_cast<std::size_t>(i)], &place) == 0) continue;
    const char* const slash = std::strrchr(place.dli_fname, '/');
    const std::string_view file = slash ? slash + 1 : place.dli_fname;
    if (file.starts_with("libdijitso")) return file.starts_with("libdijitso-mpi");
  }
  return false;
}

bool fails_now() {
  if (allocations_left < 0 || !is_in_mpi()) return false;
  has_failed = allocations_left == 0;
  --allocations_left;
  return has_failed;
}

// While it lives, one allocation of this thread fails: the `number`th, counted from 0.
class NoMemory {
 public:
  explicit NoMemory(long number) {
    has_failed = false;
    allocations_left = number;
  }
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
  ~NoMemory() { allocations_left = -1; }
};

// Calls `action` on all ranks. On each of them in turn, each allocation fails once. After each time, `action` without
// a failing allocation must end as it does when nothing has ever failed. `prepare` comes before each. Where modules are
// compiled each time, only every tenth allocation fails.
void without_memory(const std::function<void()>& prepare, const std::function<void()>& action, long step = 1) {
  prepare();
  const std::string end = failure(action);
  int failures = 0;
  for (int victim = 0; victim < size(); ++victim)
    for (long number = 0;; number += step) {
      CAPTURE(victim, number);
      prepare();
      std::string text;
      bool was_without = false;
      {
        std::optional<NoMemory> no_memory;
        if (rank() == victim) no_memory.emplace(number);
        text = failure(action);
        was_without = no_memory && has_failed;
      }
      const bool is_over = total(was_without) == 0;
      if (is_over) CHECK(text == end);
      CHECK(failure(action) == end);
      if (is_over) break;
      ++failures;
    }
  CHECK(failures > 0);
}

void expect_seven(int value) { expect(value == 7, "another value"); }

// The same as `Job`, on a communicator of its own, whose state is made by the first call.
struct NewJob : Job {
  using Job::Job;
  ~NewJob() { MPI_Comm_free(&comm); }
  void renew() {
    if (comm != MPI_COMM_NULL) MPI_Comm_free(&comm);
    MPI_Comm_dup(MPI_COMM_WORLD, &comm);
    restart();
  }
  int value_of(const std::string& name, const Generate& generate) {
    return value(mpi::jit(comm, name, params, generate, strategy, *local));
  }
  MPI_Comm comm = MPI_COMM_NULL;
};

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
  return memory ? memory : throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("a module that all have in memory") {
  Job job("auto");
  job.jit("m", gives_value(7));
  without_memory([] {}, [&] { expect_seven(value(job.jit("m", never))); });
}

TEST_CASE("a module that one rank finds in its cache, and its parts") {
  for (const char* const compression : {"never", "always"}) {
    Job job("root", size());
    job.strategy.compression = compression;
    job.jit("base", gives("int base() { return 1; }", "int base();"));
    job.jit("m", [](auto&&...) {
      return Generated{"", "#include <base.h>\nextern \"C\" int value() { return base() + 6; }", {"base"}};
    });
    without_memory([&] { job.restart(); }, [&] { expect_seven(value(job.jit("m", never))); });
  }
}

TEST_CASE("more parts than a vote has room for") {
  Job job("root", size());
  job.jit("m", [&](auto&&...) {
    std::vector<std::string> names;
    for (int i = 0; i < 25; ++i) {
      names.push_back("part" + std::to_string(i));
      job.local->jit(names.back(), job.params, gives_value(i));
    }
    return Generated{"", value_source(7), names};
  });
  without_memory([&] { job.restart(); }, [&] { expect_seven(value(job.jit("m", never))); });
}

TEST_CASE("a module that is built, and one that cannot be") {
  int names = 0;
  std::string name;
  const auto next = [&] { name = "m" + std::to_string(++names); };
  Job job("auto", 1);
  without_memory(next, [&] { expect_seven(value(job.jit(name, gives_value(7)))); });
  without_memory(
      [] {},
      [&] { job.jit("fails", [](auto&&...) -> Generated { throw std::runtime_error("it cannot be generated"); }); });
}

TEST_CASE("variants that differ") {
  Job job("auto", 1);
  const fs::path header = job.shared / "number.h";
  const Generate generate = gives("#include \"" + header.string() + "\"\nextern \"C\" int value() { return NUMBER; }");
  const auto differ = [&] {
    job.restart();
    for (const int number : {1, 2}) {
      barrier();
      if (rank() == 0) write_text(header, "#define NUMBER " + std::to_string(number) + "\n");
      barrier();
      if ((rank() == 0) == (number == 1)) job.local->jit("m", job.params, generate);
    }
  };
  without_memory(differ, [&] { job.jit("m", never); });
}

TEST_CASE("the first module of a communicator, for groups of ranks and for each rank alone") {
  for (const auto& [build_on, per_node] : {std::pair{"node", 1}, {"process", 1}}) {
    CAPTURE(build_on, per_node);
    NewJob job(build_on, per_node);
    job.renew();
    CHECK(job.value_of("m", gives_value(7)) == 7);
    without_memory([&] { job.renew(); }, [&] { expect_seven(job.value_of("m", never)); }, 10);
  }
}

TEST_CASE("ranks of different processors, and ranks that ask for different modules") {
  NewJob job("auto", 1);
  job.params.build.target_cpu = rank() == 0 ? "x86-64-v3" : "x86-64-v2";
  job.renew();
  CHECK(job.value_of("m", gives_value(7)) == 7);
  without_memory([&] { job.renew(); }, [&] { expect_seven(job.value_of("m", never)); }, 10);
  job.params.generator["degree"] = rank();
  without_memory([] {}, [&] { job.value_of("m", never); }, 10);
}

TEST_CASE("several modules at once") {
  int names = 0;
  Job job("auto", 1);
  std::vector<JitRequest> requests;
  const auto next = [&] {
    requests.clear();
    for (int i = 0; i < 3; ++i) {
      const std::string name = "m" + std::to_string(++names);
      requests.push_back({name, job.params, gives_value(7)});
    }
    requests.push_back(requests.front());
  };
  const auto all = [&] {
    const auto libraries = mpi::jit_many(MPI_COMM_WORLD, requests, job.strategy, *job.local);
    for (const auto& library : libraries) expect_seven(value(library));
  };
  without_memory(next, all, 10);
}

TEST_CASE("an archive") {
  Job job("auto", 1);
  const fs::path file = job.shared / "modules.tar.zst";
  if (rank() == 0) {
    job.local->jit("m", job.params, gives_value(7));
    cache::export_modules({"m"}, file.string(), job.params.cache);
  }
  barrier();
  without_memory([] {}, [&] { mpi::import_modules(MPI_COMM_WORLD, file.string(), job.params.cache); });
}

TEST_CASE("the documented functions") {
  const SharedScratch shared;
  const std::string directory = (shared / "comm").string();
  const auto without = [](const std::function<void()>& action) { without_memory([] {}, action); };
  without([] { mpi::bcast_uuid(MPI_COMM_WORLD); });
  without([] { mpi::gather_global_partitions(MPI_COMM_WORLD, 3); });
  without([] { mpi::create_subcomm(MPI_COMM_WORLD, {0}); });
  without([] { mpi::create_subcomm(MPI_COMM_WORLD, {size()}); });
  for (const char* const buildon : {"root", "node", "process"})
    without([&] { mpi::create_comms_and_role(MPI_COMM_WORLD, directory, buildon); });
  const std::vector<std::uint8_t> bytes(100'000, 7);
  without([&] {
    if (rank() == 0)
      mpi::send_binary(MPI_COMM_WORLD, bytes);
    else
      expect(mpi::receive_binary(MPI_COMM_WORLD) == bytes, "other bytes");
  });
}
