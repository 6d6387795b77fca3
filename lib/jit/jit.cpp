// The path of one request, from top to bottom. Each step is one line here and one file elsewhere; docs/design.md tells
// why the steps are these. Tested in tests/jit.

#include "jit/build/builder.h"
#include "jit/context.h"
#include "jit/impl.h"
#include "jit/link/backends.h"
#include "jit/link/loader.h"
#include "jit/peers/roles.h"
#include "jit/request/generating.h"
#include "jit/request/key.h"
#include "jit/request/waiting.h"
#include "params/check.h"
#include "support/stack_space.h"
#include "support/trace.h"

#include <dijitso/jit.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace dijitso {
namespace {

// Whether another request had it compiled quickly and left it at that. A module whose compile failed is gone, and no
// answer.
bool is_quick_for_good(const Module& module) {
  if (!module.state->is_quick_only()) return false;
  try {
    module.wait_for(Stage::compiled);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception&) {
    return false;
  }
  return !module.is_optimized();
}

// A module that another thread is building will be waited for, but not by a generate.
void count_answer(Context& context, const Module& module) {
  const bool is_waited_for = !module.is_compiled() && !Generating::current(context);
  if (is_waited_for)
    ++context.counters.waits;
  else
    module.usage->memory_hit();
}

// False in a child of fork(), for a request that waits for optimised code: that was to come in the parent, and will not
// come here.
bool can_answer(const Module& module, const Params& params) {
  return !module.state->is_left_behind() || params.build.tier != "full";
}

// Other processes, shared libraries, and other machines need the optimised object.
Tier tier_of(const Request& request, const Params& params, const Exchange& exchange) {
  if (exchange.send || is_foreign(request) || params.cache.lib_loader != "orc" || params.build.tier == "full")
    return Tier::full;
  return params.build.tier == "auto" ? Tier::replaced : Tier::quick;
}

Generated run_generate(const Generate& generate, const Request& request, const Params& params) {
  const trace::Span span("generate", request.signature);
  return generate(request.signature, request.signature, params.generator);
}

bool are_compiled(const std::vector<ModulePointer>& modules) {
  return std::ranges::all_of(modules, [](const ModulePointer& module) { return module->is_compiled(); });
}

// Steps 4 to 7, of a request that is not in memory.
ModulePointer find_or_build(const std::shared_ptr<Context>& context, Loader& loader, const Request& request,
                            const Params& params, const Generate& generate, Tier tier) {
  // 4. In the cache? An entry that is damaged, or whose headers or dependencies have changed since, is no answer.
  cache::Lookup lookup;
  if (ModulePointer module = loader.find(request, lookup)) return module;
  if (!generate)
    throw InvalidArgument("module '" + request.signature + "' is not in the cache '" + params.cache.cache_dir +
                          "', and jit was given neither generate nor receive nor wait to get it from");

  // 5. Say that we build it, so that other processes wait; or wait for the one that does, but not for ever.
  ModulePointer found;
  Claim claim = claim_or_wait(*context, loader, request, params, lookup, found);
  if (found) return found;

  // 6. Generate. This may call jit for dependencies, whose compiles begin meanwhile. Without a compiler no time is
  // spent.
  if (!lookup.slot_taken && !has_compiler()) compiler_for(request.signature);  // which says so
  Generating generating(*context);
  Generated generated = run_generate(generate, request, params);
  loader.hold_asked(generating.asked());
  Dependencies dependencies = loader.resolve(request, generated.dependencies);

  // With the dependencies known, the cache may have an answer after all.
  const bool has_variants = lookup.slot != request.digest || lookup.slot_taken;
  const bool slot_is_known = has_variants || are_compiled(dependencies.modules);
  if (slot_is_known)
    if (ModulePointer module = loader.find(request, lookup)) return module;

  // 7. Compile in this process and publish, on other threads; link here, when the code is wanted.
  return begin_build(context, {request, params, std::move(generated), tier}, std::move(dependencies),
                     generating.left_unfinished(), slot_is_known ? std::optional(std::move(lookup)) : std::nullopt,
                     std::move(claim));
}

}  // namespace

// 1. Asked for before, with equal parameters?
ModulePointer Jit::Impl::find_equal(const std::string& name, const Params& params) {
  ModulePointer module = context->memory.find(name, params);
  if (!module) return nullptr;
  if (can_answer(*module, params)) return module;
  context->memory.remove(*module);
  return nullptr;
}

// The same of another request with an equal key. Quick code for good is no answer to who wants optimised code.
ModulePointer Jit::Impl::find_same(const Request& request, const Params& params) {
  ModulePointer same = context->memory.find(request.signature, request.digest, memory_namespace(params.cache));
  if (!same || params.build.tier == "quick") return same;
  if (!is_quick_for_good(*same) && can_answer(*same, params)) return same;
  context->memory.remove(*same);
  return nullptr;
}

// What names a relative directory means another one after a change of directory: only the key tells.
void Jit::Impl::remember(const Request& request, const Params& params, const ModulePointer& module) {
  if (!request.is_relative) context->memory.answer(params, module);
}

ModulePointer Jit::Impl::request(const std::string& name, const Params& params, const Generate& generate,
                                 const Exchange& exchange) {
  if (ModulePointer module = find_equal(name, params)) {
    count_answer(*context, *module);
    return module;
  }
  // Inside a generate there is enough stack, and it matters which thread asks.
  if (Generating::current(*context)) return obtain(name, params, generate, exchange);
  ModulePointer module;
  with_enough_stack([&] { module = obtain(name, params, generate, exchange); });
  return module;
}

ModulePointer Jit::Impl::obtain(const std::string& name, const Params& params, const Generate& generate,
                                const Exchange& exchange) {
  // 2. The key. Everything that can be wrong with the request is found before anything is done.
  params::check_params(params);
  context->deliver_messages();
  const Request request = make_request(name, params);
  const Role role = role_of(name, generate, exchange);
  Loader loader(*context, params);

  ModulePointer module;
  bool is_own = false;
  const auto answer = [&] {
    is_own = true;
    if (ModulePointer same = find_same(request, params)) {
      count_answer(*context, *same);
      return same;
    }
    return play(role, request, loader, exchange, [&] {
      return find_or_build(context, loader, request, params, generate, tier_of(request, params, exchange));
    });
  };

  // 3. One thread of this process works on it; the others wait for that. What another thread got may be no answer here,
  // where names of dependencies may mean other variants.
  const std::string key = memory_namespace(params.cache) + '\0' + request.digest.hex();
  while (!is_own && !(module && context->memory.is_current(module)))
    module = context->inflight.run(key, name, answer, context->counters.waits);

  remember(request, params, module);
  return module;
}

ModulePointer Jit::Impl::find(const std::string& name, const Params& params, Source farthest) {
  if (ModulePointer module = find_equal(name, params)) return module;
  params::check_params(params);
  const Request request = make_request(name, params);
  ModulePointer module = find_same(request, params);
  cache::Lookup lookup;
  if (!module && farthest == Source::cache) module = Loader(*context, params).find(request, lookup);
  if (module) remember(request, params, module);
  return module;
}

}  // namespace dijitso
