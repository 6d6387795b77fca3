#include "jit/environment.h"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace dijitso;

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
