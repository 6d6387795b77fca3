// Sets the default floating-point environment as long as the object exists. LLVM computes with the rounding mode and
// traps of its thread, which the host may have changed. Tested in unittests/support/float_environment_test.cpp.
#pragma once

#include <cfenv>

namespace dijitso {

class DefaultFloatEnvironment {
 public:
  DefaultFloatEnvironment() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;
  ~DefaultFloatEnvironment() { std::fesetenv(&before_); }

 private:
  std::fenv_t before_;
};

}  // namespace dijitso
