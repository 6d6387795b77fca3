// A claim only saves work, so the time of waiting for one is bounded. The pauses grow and are random, so that many
// waiters do not look at the same moment. Tested in tests/jit.

#include "jit/request/waiting.h"

#include "jit/request/interruptible.h"
#include "support/trace.h"

#include <dijitso/log.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>

namespace dijitso {

Claim claim_or_wait(Context& context, cache::Store& store, const Request& request, const Params& params,
                    const cache::Lookup& lookup, const std::function<bool()>& look) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(params.cache.claim_timeout);
  thread_local std::minstd_rand random{std::random_device{}()};
  double pause_ms = 1;
  std::optional<trace::Span> wait;
  for (;;) {
    Claim claim = store.claim(request.signature, lookup.slot);
    if (claim.state() == Claim::State::unavailable) return claim;
    if (claim.state() == Claim::State::held) {
      look();  // may have been published since the first lookup
      return claim;
    }
    if (!wait) {
      wait.emplace("claim wait", request.signature);
      ++context.counters.waits;
      log::get_logger().info("waiting for " + claim.holder() + ", which builds '" + request.signature + "'");
    }
    if (Clock::now() >= deadline) {
      log::get_logger().warning(claim.holder() + " has been building '" + request.signature + "' for more than " +
                                std::to_string(params.cache.claim_timeout) + " s; building it here too");
      return Claim();
    }
    std::uniform_real_distribution<double> factor(0.5, 1.5);
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(pause_ms * factor(random)));
    check_interrupt();
    pause_ms = std::min(pause_ms * 1.5, 50.0);
    if (look()) return Claim();
  }
}

}  // namespace dijitso
