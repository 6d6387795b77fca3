#include "support/float_environment.h"

#include <fenv.h>
#include <catch2/catch.hpp>

using namespace dijitso;

TEST_CASE("the default floating-point environment holds for a while, and the one before comes back") {
  fenv_t before;
  REQUIRE(::fegetenv(&before) == 0);
  REQUIRE(::fesetround(FE_DOWNWARD) == 0);
  int within = -1, traps = -1;
#if defined(__x86_64__)
  REQUIRE(::feenableexcept(FE_DIVBYZERO) != -1);
#endif
  {
    const DefaultFloatEnvironment usual;
    within = ::fegetround();
    traps = ::fegetexcept();
  }
  const int after = ::fegetround();
  const int traps_after = ::fegetexcept();
  ::fesetenv(&before);
  CHECK(within == FE_TONEAREST);
  CHECK(traps == 0);
  CHECK(after == FE_DOWNWARD);
#if defined(__x86_64__)
  CHECK(traps_after == FE_DIVBYZERO);
#endif
}
