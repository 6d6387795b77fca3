// A module that another process builds, and whose entry will come: other modules can be compiled against it already.
//
// What is known of it is its header and what it depends on. The thread that will bring the entry must not wait for it;
// others may, on the pool for instance. Thread-safe.
#pragma once

#include "jit/context.h"
#include "jit/module.h"
#include "support/fork.h"

#include <atomic>
#include <exception>
#include <future>
#include <memory>
#include <string>

namespace dijitso {

class Expected final : public Unfinished {
 public:
  // This thread will bring the entry.
  explicit Expected(std::string signature);

  void wait_until_compiled() override;
  void wait_until_optimized() override { wait_until_compiled(); }
  void link() override { wait_until_compiled(); }
  bool stays_quick() override { return false; }
  bool failure_is_known() const override { return false; }
  bool may_wait() const override;

  // Once one of these: the module has come and is linked, or will never come.
  void come() { promise_.set_value(); }
  void fail(std::exception_ptr failure) { promise_.set_exception(failure); }

 private:
  const std::string signature_;
  const forking::ThreadNumber bringer_;
  std::promise<void> promise_;
  const std::shared_future<void> done_;
};

}  // namespace dijitso
