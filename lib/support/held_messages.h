// Messages of a thread that may not call the log's handler, kept for one that may.
//
// A handler may call jit, or need a lock of the host (Python's), so it is called on the threads of the program only:
// what the threads of the pool have to say is delivered by whoever waits for their work.
#pragma once

#include <dijitso/log.h>

#include <string>
#include <vector>

namespace dijitso::log {

struct Message {
  Level level;
  std::string text;
};

// While it lives, what its thread logs is put into `messages`.
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
