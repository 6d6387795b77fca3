// The public functions of Jit, and the default Jit. Tested in tests/jit.

#include <dijitso/jit.h>

#include "jit/build/builder.h"
#include "jit/build/preludes.h"
#include "jit/build/process_end.h"
#include "jit/impl.h"
#include "jit/link/loader.h"
#include "jit/link/make_code.h"
#include "jit/request/generating.h"
#include "jit/request/interruptible.h"
#include "params/check.h"
#include "params/layers.h"
#include "params/table.h"
#include "support/fork.h"
#include "support/stack_space.h"
#include "support/trace.h"

#include <dijitso/signatures.h>

namespace dijitso {
namespace {

// Default parameters with these cache parameters, checked.
Params checked(const CacheParams& cache) {
  Params params;
  params.cache = cache;
  params::check_params(params);
  return params;
}

// Waits for the code; with tier "full", for optimised code.
void finish_as_wanted(const Module& module, const std::string& tier) {
  module.code();
  if (tier == "full") module.entry();
}

}  // namespace

Jit::Jit() : impl_(std::make_unique<Impl>()) {
  // Reported later: a log handler may call the default Jit, which may be this one under construction.
  if (const auto reason = trace::start(params::trace_file(params::read_environment())))
    impl_->context->deliver_later({{log::Level::warning, "DIJITSO_TRACE has no effect: " + *reason}});
}

void Jit::Impl::wait() {
  wait_interruptibly([&](auto duration) { return context->tasks.wait_for(duration); });
  context->deliver_messages();
}

Jit::~Jit() {
  const InterruptCheck none({});
  impl_->wait();
  impl_->context->save_usage();
  impl_->context->memory.clear();  // modules that were never linked refer to the context
}

std::pair<Library, std::string> Jit::jit(const std::string& name, const Params& params, const Generate& generate,
                                         const Exchange& exchange) {
  ModulePointer module = impl_->request(name, params, generate, exchange);
  Generating* const generating = Generating::current(*impl_->context);
  if (generating) generating->asked_for(module);
  if (!module->is_optimized() || !module->is_linked()) {
    // A module that a generate requests is not waited for here, but by the module that is being generated. With one job
    // nothing runs in parallel, so it is finished here.
    if (generating && (generating->never_waits() || jobs_of(params.build) > 1))
      generating->leave_unfinished(module);
    else
      finish_as_wanted(*module, params.build.tier);
  }
  if (!generating) check_runs_here(*module);
  return {Library(std::move(module)), name};
}

LibraryFuture Jit::jit_async(const std::string& name, const Params& params, const Generate& generate) {
  ModulePointer module = impl_->request(name, params, generate, {});
  if (Generating* const generating = Generating::current(*impl_->context)) generating->asked_for(module);
  return LibraryFuture(std::move(module));
}

std::vector<std::pair<Library, std::string>> Jit::jit_many(const std::vector<JitRequest>& requests) {
  std::vector<LibraryFuture> futures;
  for (const JitRequest& request : requests)
    futures.push_back(jit_async(request.name, request.params, request.generate));
  std::vector<std::pair<Library, std::string>> libraries;
  for (const LibraryFuture& future : futures) libraries.emplace_back(future.get(), future.signature());
  return libraries;
}

Counters Jit::counters() const { return impl_->context->snapshot(); }

void Jit::wait_for_background() { impl_->wait(); }

void Jit::on_optimized(std::function<void(const Library&)> handler) {
  impl_->context->set_optimized_handler(std::move(handler));
}

void Jit::forget() { impl_->context->memory.clear(); }
void Jit::forget(const std::string& cache_dir) { impl_->context->memory.clear(cache_dir); }

std::optional<Library> Jit::find_loaded(const std::string& signature, const CacheParams& cache) {
  cache::check_signature(signature);
  ModulePointer module = impl_->context->memory.find_variant(signature, memory_namespace(checked(cache).cache));
  return module ? std::optional<Library>(std::move(module)) : std::nullopt;
}

std::optional<Library> Jit::load(const std::string& signature, const CacheParams& cache) {
  ModulePointer module;
  with_enough_stack([&] { module = Loader(*impl_->context, checked(cache)).newest(signature); });
  if (!module) return std::nullopt;
  impl_->context->memory.add(module);
  return Library(std::move(module));
}

// Does the work of the destructor, which never runs, because threads may use the Jit until the process has ended.
void Jit::Impl::finish_default() {
  Context& context = *default_jit().impl_->context;
  context.deliver_messages();
  context.save_usage();
}

Jit& default_jit() {
  static constinit forking::Once<Jit> jit;
  return jit.get([] {
    finish_at_process_end(Jit::Impl::finish_default);
    return Jit();
  });
}

std::pair<Library, std::string> jit(const std::string& name, const Params& params, const Generate& generate,
                                    const Exchange& exchange) {
  return default_jit().jit(name, params, generate, exchange);
}

std::string jit_signature(const std::string& name, const Params& params) {
  const ParamsDict relevant = {{"build", params::hashed_build_params(params)}, {"generator", params.generator}};
  return name + "_" + signatures::hash_params(relevant);
}

}  // namespace dijitso
