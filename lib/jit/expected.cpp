// Tested in tests/jit/peers_test.cpp and tests/mpi/jit_many_test.cpp.

#include "jit/expected.h"

#include "jit/interruptible.h"

#include <dijitso/error.h>

#include <chrono>
#include <utility>

namespace dijitso {

Expected::Expected(std::string signature)
    : signature_(std::move(signature)), bringer_(forking::this_thread()), done_(promise_.get_future().share()) {}

bool Expected::may_wait() const { return forking::this_thread() != bringer_ && !forking::was_left_behind(bringer_); }

void Expected::wait_until_compiled() {
  if (!may_wait() && done_.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    throw InvalidArgument("module '" + signature_ +
                          "' is being built by another process: its code cannot be used before all modules that were "
                          "asked for together are there");
  wait_interruptibly(done_);
  done_.get();
}

}  // namespace dijitso
