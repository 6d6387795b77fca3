// A handler may need a lock of the host (Python's) that another logging thread holds. So no thread may wait for a
// running handler, but the handler must get one message at a time. The solution is a queue: a thread that finds no
// other thread delivering delivers all messages in the queue without holding a lock; other threads only append their
// message. Tested in unittests/support/log_test.cpp.
#include "support/file_size_signal.h"
#include "support/fork.h"
#include "support/held_messages.h"

#include <dijitso/error.h>
#include <dijitso/log.h>

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace dijitso::log {
namespace {

std::atomic<int> threshold{static_cast<int>(Level::warning)};

struct State {
  forking::Mutex mutex;  // never held while a message is delivered or a handler destroyed
  std::deque<Message> queue DIJITSO_GUARDED_BY(mutex);
  bool delivering DIJITSO_GUARDED_BY(mutex) = false;
  Handler handler DIJITSO_GUARDED_BY(mutex);
};

// True on the thread that runs the handler. Messages from within the handler go to standard error; otherwise it would
// call itself forever.
thread_local bool in_handler = false;

// If set, receives this thread's messages instead of the handler.
thread_local std::vector<Message>* held = nullptr;

constinit forking::Once<State> the_state;

// A forked child has only the thread that forked. A thread that was delivering does not exist there, and the parent
// delivers the queued messages.
State& state() {
  return the_state.get([] {
    forking::call_in_child([]() DIJITSO_UNCHECKED {  // the child has no other thread
      state().queue.clear();
      state().delivering = in_handler;
    });
    return State();
  });
}

spdlog::level::level_enum spdlog_level(Level level) {
  if (level >= Level::error) return spdlog::level::err;
  if (level >= Level::warning) return spdlog::level::warn;
  return level >= Level::info ? spdlog::level::info : spdlog::level::debug;
}

// Checked for each message, because a program may redirect its standard error at any time.
spdlog::color_mode color_mode() {
  const char* no_color = std::getenv("NO_COLOR");
  const bool wanted = isatty(STDERR_FILENO) && !(no_color && *no_color);
  return wanted ? spdlog::color_mode::always : spdlog::color_mode::never;
}

// Only the delivering thread calls this, so the sink needs no lock. A fork could leave a lock locked.
void write_to_standard_error(Level level, std::string_view text) {
  using Sink = spdlog::sinks::ansicolor_stderr_sink_st;
  struct Output {
    Sink sink{spdlog::color_mode::never};
    spdlog::logger logger{"dijitso", std::shared_ptr<Sink>(std::shared_ptr<Sink>(), &sink)};

    Output() {
      logger.set_pattern("dijitso: %^%l%$: %v");
      logger.set_level(spdlog::level::trace);
    }
  };
  static constinit forking::Once<Output> once;
  Output& output = once.get();
  output.sink.set_color_mode(color_mode());
  const NoFileSizeSignal guard;
  output.logger.log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
}

void call(const Handler& handler, const Message& message) {
  struct Mark {
    Mark() { in_handler = true; }
    ~Mark() { in_handler = false; }
  } mark;
  try {
    handler(message.level, message.text);
  } catch (...) {
    // Not a C++ exception: the thread is being ended, as Python does with its threads at exit. It must be rethrown.
    if (!std::current_exception()) throw;
  }
}

struct Delivery {
  Message message;
  Handler handler;
};

// The first message of the queue; nullopt, and the delivery has ended, when there is none.
std::optional<Delivery> take_first(State& all) {
  const Lock lock(all.mutex);
  all.delivering = !all.queue.empty();
  if (!all.delivering) return std::nullopt;
  std::optional<Delivery> first(Delivery{{}, all.handler});
  first->message = std::move(all.queue.front());
  all.queue.pop_front();
  return first;
}

void deliver_queue(State& all) try {
  while (const std::optional<Delivery> next = take_first(all))
    if (next->handler)
      call(next->handler, next->message);
    else
      write_to_standard_error(next->message.level, next->message.text);
} catch (...) {
  const Lock lock(all.mutex);
  all.delivering = false;
  throw;
}

}  // namespace

void Logger::log(Level level, std::string_view message) {
  if (static_cast<int>(level) < threshold.load(std::memory_order_relaxed)) return;
  if (held) return held->push_back({level, std::string(message)});
  if (in_handler) return write_to_standard_error(level, message);
  State& all = state();
  {
    const Lock lock(all.mutex);
    all.queue.push_back({level, std::string(message)});
    if (all.delivering) return;
    all.delivering = true;
  }
  deliver_queue(all);
}

HoldMessages::HoldMessages(std::vector<Message>& messages) : outer_(held) { held = &messages; }

HoldMessages::~HoldMessages() { held = outer_; }

void deliver(const std::vector<Message>& messages) {
  for (const Message& message : messages) get_logger().log(message.level, message.text);
}

Level Logger::level() const { return static_cast<Level>(threshold.load(std::memory_order_relaxed)); }

void set_log_level(int level) { threshold.store(level, std::memory_order_relaxed); }

void set_log_level(Level level) { set_log_level(static_cast<int>(level)); }

void set_log_level(std::string_view level) {
  std::string upper(level);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  for (const auto& [name, value] : {std::pair{"DEBUG", Level::debug}, std::pair{"INFO", Level::info},
                                    std::pair{"WARNING", Level::warning}, std::pair{"ERROR", Level::error}}) {
    if (upper == name) return set_log_level(value);
  }
  throw InvalidArgument("unknown log level '" + std::string(level) + "': use DEBUG, INFO, WARNING or ERROR");
}

Logger& get_logger() {
  static Logger logger;
  return logger;
}

Handler get_log_handler() {
  State& all = state();
  const Lock lock(all.mutex);
  return all.handler;
}

void set_log_handler(Handler handler) {
  State& all = state();
  // The old handler is destroyed after the lock is released, because its destructor may run code of the caller.
  const Lock lock(all.mutex);
  all.handler.swap(handler);
}

}  // namespace dijitso::log
