// Interrupts a thread that waits in the library: for a compile, for another thread that generates the same module, or
// for another process that builds it. For languages that report signals by exceptions, such as Python's Ctrl-C.
#pragma once

#include <dijitso/export.h>

#include <exception>
#include <functional>

namespace dijitso {

// Thrown from the wait when the InterruptCheck of the thread throws, with that exception nested in it
// (std::rethrow_if_nested). It is not a failure and not a dijitso::Error: the awaited work continues, and a new request
// for the module waits for it again.
class DIJITSO_API Interrupted : public std::exception {
 public:
  ~Interrupted() override;
  const char* what() const noexcept override;
};

// While this object exists, its thread calls `check` several times a second whenever it waits; an empty `check` is not
// called. Several of one thread are nested: only the innermost is used. It must be destroyed by the thread that made
// it. `check` may call the library.
class DIJITSO_API InterruptCheck {
 public:
  explicit InterruptCheck(std::function<void()> check);
  ~InterruptCheck();
  InterruptCheck(const InterruptCheck&) = delete;
  InterruptCheck& operator=(const InterruptCheck&) = delete;

 private:
  std::function<void()> check_;
  const std::function<void()>* outer_;
};

}  // namespace dijitso
