#include "unittests/support/scratch.h"

#include <dijitso/error.h>
#include <dijitso/system.h>

#include <catch2/catch.hpp>

#include <csignal>

using namespace dijitso;
using namespace dijitso::testing;
using system::get_status_output;
using system::StatusOutput;
using Command = std::vector<std::string>;

TEST_CASE("exit code and output of a command", "[command]") {
  CHECK(get_status_output("echo a b") == StatusOutput{0, "a b\n"});
  CHECK(get_status_output(Command{"echo", "a  b;"}) == StatusOutput{0, "a  b;\n"});
  CHECK(get_status_output(Command{"sh", "-c", "echo out; echo err >&2; exit 3"}) == StatusOutput{3, "out\nerr\n"});
  CHECK(get_status_output(Command{"sh", "-c", "kill -9 $$"}).status == -SIGKILL);
}

TEST_CASE("a process that ignores SIGCHLD is told that the system keeps no exit code for it", "[command]") {
  CHECK_THAT(in_child([] {
               ::signal(SIGCHLD, SIG_IGN);
               get_status_output("echo a");
             }),
             Catch::Contains("'echo'") && Catch::Contains("SIGCHLD"));
}

TEST_CASE("input larger than any pipe, read or not", "[command]") {
  const std::string large(3'000'000, 'x');
  CHECK(get_status_output("cat", large) == StatusOutput{0, large});
  CHECK(get_status_output("true", large) == StatusOutput{0, ""});
  CHECK(get_status_output("cat") == StatusOutput{0, ""});
}

TEST_CASE("working directory and environment of a command", "[command]") {
  const Scratch scratch;
  const std::string here = fs::canonical(scratch.path());
  CHECK(get_status_output("pwd", std::nullopt, here).output == here + "\n");
  CHECK(get_status_output("env", std::nullopt, std::nullopt, {{{"ONLY", "this one"}}}).output == "ONLY=this one\n");
}

TEST_CASE("commands that cannot be started", "[command]") {
  CHECK_THROWS_WITH(get_status_output("/no/such/program x"),
                    Catch::Contains("/no/such/program") && Catch::Contains("No such file"));
  CHECK_THROWS_WITH(get_status_output("true", std::nullopt, "/no/such/dir"),
                    Catch::Contains("/no/such/dir") && Catch::Contains("No such file"));
  const std::string with_nul("a\0b", 3);
  CHECK_THROWS_AS(get_status_output(Command{"echo", with_nul}), InvalidArgument);
  CHECK_THROWS_AS(get_status_output("true", std::nullopt, with_nul), InvalidArgument);
  CHECK_THROWS_AS(get_status_output("  "), InvalidArgument);
  CHECK_THROWS_AS(get_status_output(Command{}), InvalidArgument);
}
