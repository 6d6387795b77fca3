// Claims a build among the processes that share a cache, or waits a bounded time for the process that has claimed it.
#pragma once

#include "cache/store/lookup.h"
#include "jit/context.h"
#include "jit/link/loader.h"
#include "jit/request/key.h"
#include "support/claim.h"

namespace dijitso {

// Returns a claim that is held, or not: when claims do not work in this file system, or when another process has held
// it for cache.claim_timeout. The caller builds in both cases, unless the module has appeared in the cache: then
// `found`. `lookup` is brought up to date.
Claim claim_or_wait(Context& context, Loader& loader, const Request& request, const Params& params,
                    cache::Lookup& lookup, ModulePointer& found);

}  // namespace dijitso
