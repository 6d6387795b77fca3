// The floating-point environment that a program begins with, for as long as this lives: LLVM computes with the rounding
// mode and the traps of the thread that it runs on, and those are the host's. Tested in
// unittests/support/float_environment_test.cpp.
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
