// What is behind a Jit.
#pragma once

#include "jit/context.h"
#include "jit/key.h"

#include <dijitso/jit.h>

#include <memory>
#include <string>

namespace dijitso {

// Modules that are not finished yet keep the context too.
struct __attribute__((visibility("hidden"))) Jit::Impl {
  const std::shared_ptr<Context> context = std::make_shared<Context>();

  // The path of one request. The module that answers may be unfinished.
  ModulePointer request(const std::string& name, const Params& params, const Generate& generate,
                        const Exchange& exchange);

  // The same when no equal request was made before. Needs enough_stack.
  ModulePointer obtain(const std::string& name, const Params& params, const Generate& generate,
                       const Exchange& exchange);

  // What another request with the same key got.
  ModulePointer find_same(const Request& request, const Params& params);

  // Until nothing is done in the background.
  void wait();

  // Called when the process ends.
  static void finish_default();
};

}  // namespace dijitso
