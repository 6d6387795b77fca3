#include "support/limited_process.h"

#include "unittests/support/scratch.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

using namespace dijitso;
using namespace dijitso::testing;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

namespace {

constexpr const char* shell = "/bin/sh";

NextInput nothing() {
  return [] { return ByteView(); };
}

// The text, in as many pieces.
NextInput pieces(const std::string& text, int count) {
  return [&text, left = count]() mutable { return left-- > 0 ? as_bytes(text) : ByteView(); };
}

ProcessResult run_script(const std::string& script, const ProcessLimits& limits = {},
                         const NextInput& input = nothing()) {
  return run_limited(shell, {"-c", script}, limits, input);
}

}  // namespace

TEST_CASE("a limited process gets its input and gives its output", "[limited]") {
  const std::string large(3'000'000, 'x');
  const ProcessResult echoed = run_limited("/bin/cat", {}, {}, pieces(large, 3));
  CHECK(echoed.failure.empty());
  CHECK(echoed.output == large + large + large);
  CHECK(run_script("true", {}, pieces(large, 3)).failure.empty());
  CHECK(run_script("exec 0<&-; sleep 0.1; echo unread", {}, pieces(large, 3)).output == "unread\n");
}

TEST_CASE("a limited process has neither our descriptors nor our environment", "[limited]") {
  REQUIRE(::dup2(1, 50) == 50);  // inherited by all who do not refuse it
  ::setenv("DIJITSO_SECRET", "x", 1);
  CHECK(run_limited("/bin/ls", {"/proc/self/fd"}, {}, nothing()).output == "0\n1\n2\n3\n");  // 3: of ls itself
  CHECK_THAT(run_limited("/usr/bin/env", {}, {}, nothing()).output, StartsWith("LC_ALL=C\n") && !Contains("SECRET"));
  ::setenv("LD_LIBRARY_PATH", "/x/y", 1);
  CHECK_THAT(run_limited("/usr/bin/env", {}, {}, nothing()).output, Contains("LD_LIBRARY_PATH=/x/y\n"));
  ::unsetenv("LD_LIBRARY_PATH");
  ::unsetenv("DIJITSO_SECRET");
  ::close(50);
}

TEST_CASE("how a limited process failed is told with the first line of its errors", "[limited]") {
  CHECK(run_script("exit 3").failure == "ended with exit code 3");
  CHECK(run_script("echo first >&2; echo second >&2; exit 3").failure == "ended with exit code 3: first");
  CHECK_THAT(run_script("echo part; kill -SEGV $$").failure, StartsWith("was ended by signal 11 (Segmentation fault"));
  CHECK(run_script("echo part; kill -SEGV $$").output == "part\n");
  CHECK(run_limited("/no/such/program", {}, {}, nothing()).failure == "cannot be started: No such file or directory");
  CHECK_THROWS_WITH(run_limited("/bin/cat", {}, {}, []() -> ByteView { throw std::runtime_error("no input"); }),
                    "no input");
}

TEST_CASE("a limited process has ended although another one has its output", "[limited]") {
  const ProcessResult result = run_script("sleep 30 & echo text", {.wall = 20s});
  CHECK(result.failure == "");
  CHECK(result.output == "text\n");
}

TEST_CASE("each limit ends a process", "[limited]") {
  // Without the limit each of them would go on for ever.
  const ProcessLimits short_time{.wall = 200ms}, little_output{.output = 100'000}, one_second{.cpu = 1s};
  CHECK(run_script("exec sleep 1000", short_time).failure == "did not end within 200 ms");
  CHECK(run_script("exec 1>&-; exec sleep 1000", short_time).failure == "did not end within 200 ms");
  CHECK(run_script("sleep 5 & sleep 5", short_time).failure == "did not end within 200 ms");
  CHECK(run_limited("/usr/bin/yes", {}, little_output, nothing()).failure == "wrote more than 100000 bytes");
  CHECK_THAT(run_script("while :; do :; done", one_second).failure, StartsWith("was ended by signal 24 (CPU time"));
  CHECK_THAT(run_script("exec yes >&2").failure,
             StartsWith("was ended by signal 25 (File size") || Contains("File too large"));
}

TEST_CASE("a limited process has no more memory than it may", "[limited]") {
  // It begins to allocate when it gets its input.
  const std::string script = "read start; x=x; while [ ${#x} -lt 400000000 ]; do x=$x$x; done; echo ${#x}";
  const std::string start = "start\n";
  const ProcessResult enough = run_script(script, {}, pieces(start, 1));
  CHECK(enough.output == "536870912\n");
  const ProcessResult result = run_script(script, {.memory = 100'000'000}, pieces(start, 1));
  CHECK(result.output.empty());
  CHECK_FALSE(result.failure.empty());
}

TEST_CASE("a limited process leaves no core file", "[limited]") { CHECK(run_script("ulimit -c").output == "0\n"); }

TEST_CASE("a process that ignores SIGCHLD gets what a limited process writes", "[limited]") {
  CHECK(in_child([] {
          ::signal(SIGCHLD, SIG_IGN);
          const ProcessResult result = run_script("echo all");
          expect(result.output == "all\n" && result.failure.empty(), result.output + result.failure);
        }) == "");
}
