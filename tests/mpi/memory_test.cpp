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
// a failing allocation must end as it does when nothing has ever failed. `prepare` comes before each.
void without_memory(const std::function<void()>& prepare, const std::function<void()>& action) {
  prepare();
  const std::string end = failure(action);
  for (int victim = 0; victim < size(); ++victim)
    for (long number = 0;; ++number) {
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
      if (is_over) {
        if (rank() == victim) CHECK(number > 0);
        break;
      }
    }
}

void expect_seven(int value) { expect(value == 7, "another value"); }

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
