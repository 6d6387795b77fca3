// Claims a build among the processes that share a cache, or waits a bounded time for the process that has claimed it.
#pragma once

#include "cache/store/lookup.h"
#include "jit/context.h"
#include "jit/link/loader.h"
#include "jit/request/key.h"
#include "support/claim.h"

namespace dijitso {

// Returns the claim. It is not held when claims do not work in this file system, or when another process has held it
// for cache.claim_timeout; the caller then builds without it. If the module appears in the cache, sets `found`, and the
// caller need not build. Updates `lookup`.
Claim claim_or_wait(Context& context, Loader& loader, const Request& request, const Params& params,
                    cache::Lookup& lookup, ModulePointer& found);

}  // namespace dijitso
