// Messages. The user data is released with the last copy of the handler, which another thread may still be running.
// Tested in tests/capi/log_test.c.
#include "capi/calls.h"

#include <dijitso/log.h>

#include <memory>
#include <string>
#include <utility>

using namespace dijitso::capi;

void dijitso_set_log_level(int level) { dijitso::log::set_log_level(level); }

dijitso_status_t dijitso_set_log_handler(dijitso_log_handler_t handler, void* user_data, void (*release)(void*),
                                         dijitso_error_t** error) {
  return guarded(error, [&] {
    const std::shared_ptr<void> owned(user_data, [release](void* data) {
      if (release) release(data);
    });
    if (!handler) return dijitso::log::set_log_handler({});
    dijitso::log::set_log_handler([handler, owned](dijitso::log::Level level, std::string_view message) {
      handler(static_cast<int>(level), std::string(message).c_str(), owned.get());
    });
  });
}

dijitso_status_t dijitso_log(int level, const char* message, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso::log::get_logger().log(static_cast<dijitso::log::Level>(level), need_text(message, "message"));
  });
}
