// What is behind a Jit.
#pragma once

#include "jit/context.h"
#include "jit/request/key.h"

#include <dijitso/jit.h>

#include <memory>
#include <string>

namespace dijitso {

// How far to look for a module that is there.
enum class Source { memory, cache };

// Modules that are not finished yet keep the context too.
struct __attribute__((visibility("hidden"))) Jit::Impl {
  const std::shared_ptr<Context> context = std::make_shared<Context>();

  // The path of one request (jit.cpp). The module that answers may be unfinished.
  ModulePointer request(const std::string& name, const Params& params, const Generate& generate,
                        const Exchange& exchange);

  // The same, as far as nothing needs to be built; nullptr when it does.
  ModulePointer find(const std::string& name, const Params& params, Source farthest);

  // Until nothing is done in the background.
  void wait();

  // Called when the process ends.
  static void finish_default();

 private:
  // Its steps: asked for before, with equal parameters; with another request that has the same key; or not at all,
  // which needs enough_stack.
  ModulePointer find_equal(const std::string& name, const Params& params);
  ModulePointer find_same(const Request& request, const Params& params);
  ModulePointer obtain(const std::string& name, const Params& params, const Generate& generate,
                       const Exchange& exchange);

  // The next request with equal parameters gets this module.
  void remember(const Request& request, const Params& params, const ModulePointer& module);
};

}  // namespace dijitso
