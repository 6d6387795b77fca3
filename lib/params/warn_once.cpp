// Remembers the texts that were logged. Tested in unittests/params/warn_once_test.cpp.
#include "params/warn_once.h"

#include <dijitso/log.h>

#include <mutex>
#include <set>

namespace dijitso::params {

void warn_once(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> logged;
  {
    const std::lock_guard lock(mutex);
    if (!logged.insert(text).second) return;
  }
  log::get_logger().warning(text);
}

}  // namespace dijitso::params
