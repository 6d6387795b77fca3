// Calls a thread away from where it waits in the library: for a compile, for another thread that generates the same
// module, or for another process that builds it. For languages that tell of signals by exceptions: Python's Ctrl-C.
#pragma once

#include <dijitso/export.h>

#include <exception>
#include <functional>

namespace dijitso {

// Thrown where a thread waited when its InterruptCheck throws, with that exception nested in it
// (std::rethrow_if_nested). It is no failure, and no dijitso::Error: what was waited for goes on, and whoever asks for
// the same module again waits for it again.
class DIJITSO_API Interrupted : public std::exception {
 public:
  ~Interrupted() override;
  const char* what() const noexcept override;
};

// While one lives, the thread that made it calls `check` several times a second whenever it waits; an empty one is not
// called. Those of a thread are nested: the last one counts. To be destroyed by the same thread. `check` may call the
// library.
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
