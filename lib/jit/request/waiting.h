// Claims a build among the processes that share a cache, or waits a bounded time for the process that has claimed it.
#pragma once

#include "cache/store/lookup.h"
#include "cache/store/store.h"
#include "jit/context.h"
#include "jit/request/key.h"
#include "support/claim.h"

#include <functional>

namespace dijitso {

// Returns the claim. It is not held when claims do not work in this file system, or when another process has held it
// for cache.claim_timeout; the caller then builds without it. `look` looks into the cache again, updates `lookup`, and
// tells whether the module has appeared there; then the caller need not build.
Claim claim_or_wait(Context& context, cache::Store& store, const Request& request, const Params& params,
                    const cache::Lookup& lookup, const std::function<bool()>& look);

}  // namespace dijitso
