// One call, with real arguments, of every documented function: each is a test that says whether the result is right.
#pragma once

#include "tests/support/modules.h"

#include <functional>
#include <map>
#include <string>

namespace dijitso::testing {

using Call = std::function<bool()>;
using Calls = std::map<std::string, Call>;  // by the name of the function

// One module, built by jit; the functions see what jit left in the cache.
struct Built : Place {
  Built() { jit("m", params, gives("extern \"C\" int value() { return 7; }\n", "int value();\n")); }
  const CacheParams& cache_params = params.cache;
};

Calls build_calls(const Built& built);
Calls cache_calls(const Built& built);
Calls cmdline_calls(const Built& built);
Calls dijitso_calls(const Built& built);
Calls jit_calls(const Built& built);
Calls log_calls();
Calls params_calls();
Calls signatures_calls();
Calls system_calls(const Scratch& scratch);

}  // namespace dijitso::testing
