// dijitso.log: the messages of the library. They go to standard error unless a handler is set.
//
// Thread-safety: all functions may be called from any thread. A handler is called with no lock of the log held, one
// message at a time: a message that arrives while another thread is in the handler is delivered by that thread. A
// handler may call dijitso, but must not wait for another thread that does, because some messages come while a module
// is loaded. Messages that a handler logs itself go to standard error. On a terminal the level is coloured, unless
// NO_COLOR is set.
#pragma once

#include <dijitso/export.h>

#include <functional>
#include <string>
#include <string_view>

namespace dijitso {
namespace log {

// The numbers are those of the documented Python interface.
enum class Level { debug = 10, info = 20, warning = 30, error = 40 };

// Receives every message of at least the log level. An exception that it throws is ignored.
using Handler = std::function<void(Level, std::string_view message)>;

class DIJITSO_API Logger {
 public:
  void log(Level level, std::string_view message);
  void debug(std::string_view message) { log(Level::debug, message); }
  void info(std::string_view message) { log(Level::info, message); }
  void warning(std::string_view message) { log(Level::warning, message); }
  void error(std::string_view message) { log(Level::error, message); }
  Level level() const;
};

// Documented: dijitso.log.set_log_level(level). Messages below `level` are dropped; the default is WARNING.
// The text form takes "DEBUG", "INFO", "WARNING" or "ERROR" in either case; anything else is InvalidArgument.
// The int form takes any number (a threshold on the scale of Level).
DIJITSO_API void set_log_level(Level level);
DIJITSO_API void set_log_level(int level);
DIJITSO_API void set_log_level(std::string_view level);

// Documented: dijitso.log.get_logger(). The one logger of the process.
DIJITSO_API Logger& get_logger();

// Documented: dijitso.log.get_log_handler() and set_log_handler(handler). An empty handler restores standard error.
DIJITSO_API Handler get_log_handler();
DIJITSO_API void set_log_handler(Handler handler);

}  // namespace log

// Documented: dijitso.set_log_level(level).
using log::set_log_level;

}  // namespace dijitso
