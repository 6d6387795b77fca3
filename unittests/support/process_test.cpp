#include "support/process.h"

#include "unittests/support/scratch.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <limits>

using namespace dijitso;
using dijitso::testing::Child;

namespace {
const std::string fields = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\n";
}

TEST_CASE("the start time is found behind any program name", "[process]") {
  CHECK(parse_process_stat("12 (sh) S" + fields)->start == 4711);
  CHECK(parse_process_stat("12 (a) R 1 2) 3 ) S" + fields)->start == 4711);
  CHECK_FALSE(parse_process_stat("12 (sh) S" + fields)->ended);
  CHECK(parse_process_stat("12 (sh) Z" + fields)->ended);
  CHECK_FALSE(parse_process_stat(""));
  CHECK_FALSE(parse_process_stat("12 (sh)"));
  CHECK_FALSE(parse_process_stat("12 (sh) S 1 2 3"));
}

TEST_CASE("a living process is not gone, and its pid with another start time is", "[process]") {
  auto status = process_status(::getpid());
  REQUIRE(status);
  CHECK_FALSE(is_gone(::getpid(), std::nullopt));
  CHECK_FALSE(is_gone(::getpid(), status->start));
  CHECK(is_gone(::getpid(), status->start + 1));
}

TEST_CASE("a killed process is gone even before its parent has noticed", "[process]") {
  Child child([] { ::pause(); });
  CHECK_FALSE(is_gone(child.pid(), std::nullopt));
  ::kill(child.pid(), SIGKILL);
  siginfo_t info;
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT) == 0);
  CHECK(is_gone(child.pid(), std::nullopt));
  child.finish();
  CHECK(is_gone(child.pid(), std::nullopt));
}

TEST_CASE("numbers that are no pids belong to nobody", "[process]") {
  CHECK(is_gone(0, std::nullopt));
  CHECK(is_gone(-1, std::nullopt));
  CHECK(is_gone(std::numeric_limits<long>::max(), std::nullopt));
}

TEST_CASE("only what is known and equal is the same machine", "[process]") {
  Machine here = Machine::here();
  CHECK(here.is_same(Machine::here()));
  for (auto part : {&Machine::name, &Machine::boot, &Machine::pid_namespace}) {
    Machine other = here;
    other.*part += "x";
    CHECK_FALSE(here.is_same(other));
  }
  Machine unknown{"host", "-", "-"};
  CHECK_FALSE(unknown.is_same(unknown));
}
