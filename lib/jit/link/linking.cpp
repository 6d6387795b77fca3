// Tested in tests/jit/concurrent_test.cpp and tiers_test.cpp.

#include "jit/link/linking.h"

#include "jit/build/needed.h"
#include "jit/build/pool.h"
#include "jit/link/make_code.h"
#include "support/trace.h"

#include <dijitso/interrupt.h>
#include <dijitso/log.h>

#include <vector>

namespace dijitso {
namespace {

// Links dependencies first, without recursion, as chains may be long. Skips a requested module whose failure is known:
// it was reported to the generate that requested it, which went on without it.
void link_what_is_needed(const Module& module, const std::vector<ModulePointer>& requested_meanwhile) {
  std::vector<ModulePointer> needed = requested_meanwhile;
  std::erase_if(needed, [](const ModulePointer& one) { return one->failure_is_known(); });
  needed.insert(needed.end(), module.dependencies.begin(), module.dependencies.end());
  for (const ModulePointer& one : closure(needed, [](const Module& m) { return m.is_linked(); })) try {
      one->code();
    } catch (...) {
      throw_as_need_of(module.signature, one->signature);
    }
}

// Links quick code, and replaces it at once when the optimised code has become ready meanwhile.
CodePointer link_quick_code(Context& context, const CacheParams& cache, const Module& module,
                            const CompiledObject& quick) {
  CodePointer code = make_code(context, cache, module, quick.entry, quick.bytes);
  ++context.counters.quick;
  if (const SharedBytes entry = module.state->linked_quick_code(code)) try {
      replace_quick_code(context, module.signature, code, quick, entry);
    } catch (const std::exception& error) {
      log::get_logger().warning("module '" + module.signature + "' keeps its quick code: " + error.what());
    }
  return code;
}

void link_here(const Module& module, const Module::Unlinked& unlinked) {
  Context& context = *unlinked.context;
  link_what_is_needed(module, unlinked.requested_meanwhile);
  const Lock lock(context.loading);
  if (module.is_linked()) return;
  const std::shared_ptr<const CompiledObject> object = module.state->object();
  const SharedBytes optimised = object->is_quick ? module.state->optimised_bytes() : object->bytes;
  module.set_code(optimised ? make_code(context, unlinked.cache, module, object->entry, optimised)
                            : link_quick_code(context, unlinked.cache, module, *object));
}

}  // namespace

void link(const Module& module) {
  const std::shared_ptr<const Module::Unlinked> unlinked = module.unlinked();
  try {
    module.wait_for(Stage::compiled);
    if (unlinked) link_here(module, *unlinked);
  } catch (const Interrupted&) {
    throw;
  } catch (...) {
    if (unlinked) unlinked->context->memory.remove(module);
    throw;
  }
}

void replace_quick_code(Context& context, const std::string& signature, const CodePointer& code,
                        const CompiledObject& quick, const SharedBytes& entry) {
  if (pool::is_ending()) return;
  const trace::Span span("replace", signature);
  context.session().replace(code, entry, quick.shared_symbols);
  ++context.counters.optimized;
}

}  // namespace dijitso
