#include "jit/request/environment.h"

#include "jit/request/key.h"
#include "params/surroundings.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

using namespace dijitso;
using surroundings::TemporaryCurrentDirectory;
using surroundings::Variable;
using Variables = std::vector<std::string>;

TEST_CASE("the variables that a compiler obeys have a number for each of their values", "[environment]") {
  ::unsetenv("CPATH");
  const std::uint64_t unset = compiler_environment_number();
  CHECK(compiler_environment_number() == unset);
  ::setenv("SOME_OTHER_VARIABLE", "1", 1);
  CHECK(compiler_environment_number() == unset);
  ::setenv("CPATH", "/a", 1);
  const std::uint64_t a = compiler_environment_number();
  CHECK(a != unset);
  ::setenv("CPATH", "/b", 1);
  const std::uint64_t b = compiler_environment_number();
  CHECK(b != a);
  CHECK(b != unset);
  ::setenv("CPATH", "/a", 1);
  CHECK(compiler_environment_number() == a);
  ::unsetenv("CPATH");
  CHECK(compiler_environment_number() == unset);
}

TEST_CASE("a variable that is put into the list in any way is noticed", "[environment]") {
  const Variable before("CPATH", std::nullopt);
  const std::uint64_t unset = compiler_environment_number();
  // In the place of another one, behind which one is as it was.
  ::setenv("DIJITSO_TEST_FIRST", "1", 1);
  ::setenv("DIJITSO_TEST_LAST", "1", 1);
  CHECK(compiler_environment_number() == unset);
  ::unsetenv("DIJITSO_TEST_FIRST");
  ::unsetenv("DIJITSO_TEST_LAST");
  ::setenv("CPATH", "/a", 1);
  ::setenv("DIJITSO_TEST_LAST", "1", 1);
  const std::uint64_t a = compiler_environment_number();
  CHECK(a != unset);
  // In a list of the program's own.
  char** const list = environ;
  char b[] = "CPATH=/b", c[] = "CPATH=/a";
  char* own[] = {b, nullptr};
  environ = own;
  const std::uint64_t in_own = compiler_environment_number();
  own[0] = c;
  CHECK((in_own != a && in_own != unset));
  CHECK(compiler_environment_number() == a);
  environ = nullptr;
  CHECK(compiler_environment_number() == unset);
  environ = list;
  CHECK(compiler_environment_number() == a);
  ::unsetenv("DIJITSO_TEST_LAST");
}

TEST_CASE("relative directories of the environment are made absolute") {
  const TemporaryCurrentDirectory directory;
  const std::string here = directory.path();
  for (const char* name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"}) {
    const Variable variable(name, "inc::/abs");
    Request request;
    CHECK(compiler_environment(request) == Variables{name + ("=" + here + "/inc:" + here + ":/abs")});
    CHECK((request.is_relative && request.directory == here));
  }
  const Variable absolute_one("CPATH", "/abs");
  const Variable empty("C_INCLUDE_PATH", "");
  Request request;
  CHECK(compiler_environment(request) == Variables{"CPATH=/abs", "C_INCLUDE_PATH="});
  CHECK_FALSE((request.is_relative || request.directory != ""));
}

TEST_CASE("a variable that says where packages are changes the number, and is no variable of the compiler") {
  const Variable before("PKG_CONFIG_PATH", std::nullopt);
  const std::uint64_t unset = compiler_environment_number();
  const Variable path("PKG_CONFIG_PATH", "/a");
  CHECK(compiler_environment_number() != unset);
  Request request;
  CHECK(compiler_environment(request).empty());
}
