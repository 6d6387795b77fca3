// The path of one request, from top to bottom: Impl::request, then obtain, then find_or_build. Each step is a few lines
// here and a file elsewhere; docs/design.md explains the steps. Tested in tests/jit.

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

#include <dijitso/interrupt.h>
#include <dijitso/jit.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace dijitso {
namespace {

// Whether the module has quick code that nothing will optimise, because only requests with tier "quick" asked for it.
// False for a module whose compile failed: it is gone from memory.
bool stays_quick(const Module& module) {
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

// Counts a wait when the module is still being compiled, else a memory hit. A request inside a `generate` does not
// wait.
void count_answer(Context& context, const Module& module) {
  const bool is_waited_for = !module.is_compiled() && !Generating::current(context);
  if (is_waited_for)
    ++context.counters.waits;
  else
    module.usage->memory_hit();
}

// False in a child of fork() when the request needs optimised code, but only the parent was going to make it.
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

// Steps 4 to 8, for a request that memory does not answer.
ModulePointer find_or_build(const std::shared_ptr<Context>& context, Loader& loader, const Request& request,
                            const Params& params, const Generate& generate, Tier tier) {
  // 4. Look in the cache. An entry that is damaged, or whose headers or dependencies have changed, does not count.
  cache::Lookup lookup;
  if (ModulePointer module = loader.find(request, lookup)) return module;
  if (!generate)
    throw InvalidArgument("module '" + request.signature + "' is not in the cache '" + params.cache.cache_dir +
                          "', and jit was given neither generate nor receive nor wait to get it from");

  // 5. Claim the build, so that other processes wait; or wait a bounded time for the process that has claimed it.
  ModulePointer found;
  const auto look = [&] { return (found = loader.find(request, lookup)) != nullptr; };
  Claim claim = claim_or_wait(*context, loader.store(), request, params, lookup, look);
  if (found) return found;

  // 6. Generate. This may call jit for dependencies, whose compiles begin in parallel. Without a compiler, fail before
  // spending the time.
  if (!lookup.slot_taken && !has_compiler()) compiler_for(request.signature);  // throws the error
  Generating generating(*context);
  Generated generated = run_generate(generate, request, params);
  loader.hold_asked(generating.asked());
  Dependencies dependencies = loader.resolve(request, generated.dependencies);

  // The dependencies are known now, so an entry that was built with them may fit. The search for it needs what they
  // were compiled to. When the cache has entries of this request, it is worth waiting for that; when it has none, the
  // build searches once they are compiled.
  const bool has_variants = lookup.slot != request.digest || lookup.slot_taken;
  const bool slot_is_known = has_variants || are_compiled(dependencies.modules);
  if (slot_is_known)
    if (ModulePointer module = loader.find(request, lookup)) return module;

  // 7. Compile, and 8. publish, on other threads. 9. The thread that wants the code links it (Module::code).
  return begin_build(context, {request, params, std::move(generated), tier}, std::move(dependencies),
                     generating.left_unfinished(), slot_is_known ? std::optional(std::move(lookup)) : std::nullopt,
                     std::move(claim));
}

}  // namespace

// 1. Was the module requested before, with equal parameters?
ModulePointer Jit::Impl::find_by_params(const std::string& name, const Params& params) {
  ModulePointer module = context->memory.find(name, params);
  if (!module) return nullptr;
  if (can_answer(*module, params)) return module;
  context->memory.remove(*module);
  return nullptr;
}

// The module of another request with an equal key, but not one that stays quick when optimised code is wanted.
ModulePointer Jit::Impl::find_by_key(const Request& request, const Params& params) {
  ModulePointer same = context->memory.find(request.signature, request.digest, memory_namespace(params.cache));
  if (!same || params.build.tier == "quick") return same;
  if (!stays_quick(*same) && can_answer(*same, params)) return same;
  context->memory.remove(*same);
  return nullptr;
}

// Requests with relative paths are not remembered by their parameters: after a change of the current directory these
// paths mean others, and only the key shows that.
void Jit::Impl::remember(const Request& request, const Params& params, const ModulePointer& module) {
  if (!request.is_relative) context->memory.answer(params, module);
}

ModulePointer Jit::Impl::request(const std::string& name, const Params& params, const Generate& generate,
                                 const Exchange& exchange) {
  if (ModulePointer module = find_by_params(name, params)) {
    count_answer(*context, *module);
    return module;
  }
  // Inside a generate the stack is already large enough, and the request must stay on this thread.
  if (Generating::current(*context)) return obtain(name, params, generate, exchange);
  ModulePointer module;
  with_enough_stack([&] { module = obtain(name, params, generate, exchange); });
  return module;
}

ModulePointer Jit::Impl::obtain(const std::string& name, const Params& params, const Generate& generate,
                                const Exchange& exchange) {
  // 2. Make the key. All errors in the request are found before any work is done.
  params::check_params(params);
  context->deliver_messages();
  const Request request = make_request(name, params);
  const Role role = role_of(name, generate, exchange);
  Loader loader(*context, params);

  ModulePointer module;
  bool was_here = false;  // the work was done by this thread
  const auto work = [&] {
    was_here = true;
    if (ModulePointer same = find_by_key(request, params)) {
      count_answer(*context, *same);
      return same;
    }
    return play(role, request, loader, exchange, [&] {
      return find_or_build(context, loader, request, params, generate, tier_of(request, params, exchange));
    });
  };

  // 3. One thread of this process works on the key; the others wait for its result. That may be wrong for this thread,
  // to which names of dependencies may mean other variants; then this thread does the work itself. Not with a role,
  // because the other processes take part only once.
  const std::string key = memory_namespace(params.cache) + '\0' + request.digest.hex();
  const auto is_right = [&] { return module && (role != Role::alone || context->memory.is_current(module)); };
  while (!was_here && !is_right()) module = context->inflight.run(key, name, work, context->counters.waits);

  remember(request, params, module);
  return module;
}

ModulePointer Jit::Impl::find(const std::string& name, const Params& params, Source farthest) {
  if (ModulePointer module = find_by_params(name, params)) return module;
  params::check_params(params);
  const Request request = make_request(name, params);
  ModulePointer module = find_by_key(request, params);
  cache::Lookup lookup;
  if (!module && farthest == Source::cache) module = Loader(*context, params).find(request, lookup);
  if (module) remember(request, params, module);
  return module;
}

}  // namespace dijitso
