// Collects messages of a thread that must not call the log handler, for delivery on another thread.
//
// A handler may call jit or need a lock of the host (Python's), so it runs only on threads of the program. The thread
// that waits for the work of a pool thread delivers that thread's messages.
#pragma once

#include <dijitso/log.h>

#include <string>
#include <vector>

namespace dijitso::log {

struct Message {
  Level level;
  std::string text;
};

// As long as it exists, messages of its thread are appended to `messages`.
class HoldMessages {
 public:
  explicit HoldMessages(std::vector<Message>& messages);
  ~HoldMessages();
  HoldMessages(const HoldMessages&) = delete;
  HoldMessages& operator=(const HoldMessages&) = delete;

 private:
  std::vector<Message>* const outer_;
};

void deliver(const std::vector<Message>& messages);

}  // namespace dijitso::log
