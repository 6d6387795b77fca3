// From generated text to an entry: compile, and describe what went into it.
#pragma once

#include "cache/entry.h"
#include "jit/context.h"
#include "jit/key.h"
#include "jit/module.h"

#include <dijitso/jit.h>

#include <string>
#include <vector>

namespace dijitso {

struct Built {
  cache::Entry entry;
  SharedBytes bytes;  // the encoded entry
  std::string log;    // the build log
};

// CompileFailed, after writing the failure directory; InvalidArgument for flags that are refused. A compile that failed
// before with the same inputs is not run again.
Built build_entry(Context& context, const Request& request, const Params& params, const Generated& generated,
                  const std::vector<ModulePointer>& dependencies);

}  // namespace dijitso
