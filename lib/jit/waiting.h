// Between processes: claims a build, or waits a bounded time for the process that has it.
#pragma once

#include "cache/lookup.h"
#include "jit/context.h"
#include "jit/key.h"
#include "jit/loader.h"
#include "support/claim.h"

namespace dijitso {

// Returns a held claim, or one that is not held when claims do not work here or the wait has lasted
// cache.claim_timeout: then build all the same. When the module appears in the cache meanwhile it is put into `found`.
// `lookup` is brought up to date.
Claim claim_or_wait(Context& context, Loader& loader, const Request& request, const Params& params,
                    cache::Lookup& lookup, ModulePointer& found);

}  // namespace dijitso
