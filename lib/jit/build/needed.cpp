// Tested in tests/jit/concurrent_test.cpp.

#include "jit/build/needed.h"

#include "support/failure.h"

namespace dijitso {

void throw_as_need_of(const std::string& signature, const std::string& needed) {
  const Failure failure = describe(std::current_exception());
  if (failure.kind == ErrorKind::other) throw;
  throw_again(failure, "module '" + signature + "' needs '" + needed + "', which failed: ");
}

}  // namespace dijitso
