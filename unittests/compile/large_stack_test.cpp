#include "compile/limits/large_stack.h"

#include "requests.h"

#include <fenv.h>
#include <locale.h>
#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;
using Catch::Contains;

namespace {

std::size_t address_space() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Fills a stack and says how much of it was there.
std::size_t fill(std::size_t bytes) {
  volatile char block[4096];
  for (std::size_t i = 0; i < sizeof block; ++i) block[i] = static_cast<char>(i);
  return bytes <= sizeof block ? static_cast<std::size_t>(block[1])
                               : fill(bytes - sizeof block) + static_cast<std::size_t>(block[0]);
}

}  // namespace

TEST_CASE("a function runs to its end on another thread with a large stack") {
  std::thread::id ran_on;
  std::size_t filled = 0;
  run_on_large_stack([&] {
    ran_on = std::this_thread::get_id();
    filled = fill(large_stack_bytes / 64);
  });
  CHECK(filled == 1);
  CHECK(ran_on != std::this_thread::get_id());
}

TEST_CASE("an exception crosses from the large stack to the caller") {
  CHECK_THROWS_WITH(run_on_large_stack([] { throw InvalidArgument("from there"); }), "from there");
  CHECK_THROWS_AS(run_on_large_stack([] { throw 1; }), int);
}

TEST_CASE("a stack that the system cannot give is halved until it can") {
  StackExtent got;
  std::uintptr_t here = 0;
  run_on_large_stack(
      [&] {
        got = this_stack();
        here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
      },
      std::size_t{1} << 60);
  CHECK(got.bytes >= large_stack_bytes);
  CHECK(got.bytes < std::size_t{1} << 60);
  CHECK(here < got.top);
  CHECK(got.top - here < 64 << 10);
  CHECK(this_stack().bytes == 0);
}

TEST_CASE("where address space is short, most of it is left to the compile") {
  CHECK(in_child([] {
          constexpr std::size_t room = std::size_t{1} << 30;
          const rlimit little{address_space() + room, RLIM_INFINITY};
          expect(::setrlimit(RLIMIT_AS, &little) == 0, "there is no such limit");
          std::size_t stack = 0, taken = 0;
          const std::size_t before = address_space();
          run_on_large_stack([&] {
            const std::vector<std::string> allocated(1000, std::string(100, 'x'));
            stack = this_stack().bytes;
            taken = address_space() - before;
          });
          expect(stack >= least_stack_bytes && stack <= room / 8, "stack: " + std::to_string(stack));
          expect(taken - stack < 16 << 20, "besides the stack: " + std::to_string(taken - stack));
        }) == "");
}

TEST_CASE("a thread that the system cannot give is an error") {
  rlimit before;
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  const rlimit none{least_stack_bytes, before.rlim_max};  // the process has more already
  REQUIRE(::setrlimit(RLIMIT_AS, &none) == 0);
  const std::string text = thrown_by<Error>([] { run_on_large_stack([] {}); });
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  CHECK_THAT(text, Contains("cannot start a thread") && Contains("ulimit"));
  CHECK_THAT(thrown_by<Error>([] { run_on_large_stack([] {}, 1); }), Contains("cannot start a thread"));
}

TEST_CASE("the large stack has the floating-point environment and the locale of a new program") {
  fenv_t before;
  REQUIRE(::fegetenv(&before) == 0);
  REQUIRE(::fesetround(FE_UPWARD) == 0);
#if defined(__x86_64__)
  REQUIRE(::feenableexcept(FE_OVERFLOW | FE_DIVBYZERO | FE_INVALID) != -1);
#endif
  int rounding = -1, traps = -1;
  bool has_own_locale = false;
  run_on_large_stack([&] {
    rounding = ::fegetround();
    traps = ::fegetexcept();
    has_own_locale = ::uselocale(nullptr) != LC_GLOBAL_LOCALE;
  });
  const int still = ::fegetround();
  const CompileResult upwards = compile_cxx(
      "#include <cmath>\ndouble f(int i) { return i ? std::sqrt(2.0) : 0.1 + i * std::exp(1000.0); }", {"-O2"});
  ::fesetenv(&before);
  CHECK(rounding == FE_TONEAREST);
  CHECK(traps == 0);
  CHECK(has_own_locale);
  CHECK(still == FE_UPWARD);
  const CompileResult nearest = compile_cxx(
      "#include <cmath>\ndouble f(int i) { return i ? std::sqrt(2.0) : 0.1 + i * std::exp(1000.0); }", {"-O2"});
  REQUIRE(nearest.ok);
  CHECK(upwards.object == nearest.object);
}
