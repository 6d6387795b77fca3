// Remembers the texts that were logged. Tested in unittests/params/warn_once_test.cpp.
#include "params/warn_once.h"

#include "support/fork.h"

#include <dijitso/log.h>

#include <set>

namespace dijitso::params {

void warn_once(const std::string& text) {
  static constinit forking::Mutex mutex;
  static constinit forking::Once<std::set<std::string>> logged DIJITSO_GUARDED_BY(mutex);
  {
    const Lock lock(mutex);
    if (!logged.get().insert(text).second) return;
  }
  log::get_logger().warning(text);
}

}  // namespace dijitso::params
