// The implementation of Jit.
#pragma once

#include "jit/context.h"
#include "jit/request/key.h"

#include <dijitso/jit.h>

#include <memory>
#include <string>

namespace dijitso {

// Where to look for a module that exists.
enum class Source { memory, cache };

// Unfinished modules share ownership of the context.
struct __attribute__((visibility("hidden"))) Jit::Impl {
  const std::shared_ptr<Context> context = std::make_shared<Context>();

  // The path of one request (jit.cpp). The returned module may be unfinished.
  ModulePointer request(const std::string& name, const Params& params, const Generate& generate,
                        const Exchange& exchange);

  // The same without building anything; nullptr when the module must be built.
  ModulePointer find(const std::string& name, const Params& params, Source farthest);

  // Waits until no background work is left.
  void wait();

  // Called when the process ends.
  static void finish_default();

 private:
  // The steps of request(): find the module of an earlier request with equal parameters, or of one with an equal key,
  // or obtain the module, which needs enough stack (with_enough_stack).
  ModulePointer find_by_params(const std::string& name, const Params& params);
  ModulePointer find_by_key(const Request& request, const Params& params);
  ModulePointer obtain(const std::string& name, const Params& params, const Generate& generate,
                       const Exchange& exchange);

  // Makes the next request with equal parameters return this module.
  void remember(const Request& request, const Params& params, const ModulePointer& module);
};

}  // namespace dijitso
