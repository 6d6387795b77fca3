// The path of one request, from top to bottom. Each step is one line here and one file elsewhere; docs/design.md tells
// why the steps are these. Tested in tests/jit.

#include <dijitso/jit.h>

#include "jit/backends.h"
#include "jit/builder.h"
#include "jit/context.h"
#include "jit/exchange.h"
#include "jit/generating.h"
#include "jit/impl.h"
#include "jit/interruptible.h"
#include "jit/key.h"
#include "jit/loader.h"
#include "jit/make_code.h"
#include "jit/process_end.h"
#include "jit/waiting.h"
#include "params/check.h"
#include "params/layers.h"
#include "support/fork.h"
#include "support/stack_space.h"
#include "support/trace.h"

#include <dijitso/signatures.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace dijitso {
namespace {

// One request that is not in memory.
struct Job {
  const std::shared_ptr<Context>& context;
  const std::string& name;
  const Params& params;
  const Generate& generate;
  const Exchange& exchange;
  Request request;
  Loader loader;

  ModulePointer obtain();

 private:
  Tier tier() const;
  ModulePointer find_or_build();
  ModulePointer build_and_send();
  ModulePointer receive();
  ModulePointer wait_for_builder();
};

// Processes that share a build keep to their roles whatever their caches have: none knows what the others will find.
ModulePointer Job::obtain() {
  if (generate && exchange.receive)
    throw InvalidArgument("jit of '" + name + "': give only one of generate and receive");
  if (generate && (exchange.send || exchange.wait)) return build_and_send();
  if (exchange.receive) return receive();
  if (!generate && exchange.wait) return wait_for_builder();
  return find_or_build();
}

ModulePointer Job::find_or_build() {
  // In the cache? An entry that is damaged, or whose headers or dependencies have changed since, is no answer.
  cache::Lookup slot;
  if (ModulePointer module = loader.find(request, slot)) return module;
  if (!generate)
    throw InvalidArgument("module '" + name + "' is not in the cache '" + params.cache.cache_dir +
                          "', and jit was given neither generate nor receive nor wait to get it from");

  // Say that we build it, so that other processes wait; or wait for the one that does, but not for ever.
  ModulePointer found;
  Claim claim = claim_or_wait(*context, loader, request, params, slot, found);
  if (found) return found;
  if (!slot.slot_taken && !has_compiler()) compiler_for(name);  // which says so, before time is spent on generating

  // Generate. This may call jit for dependencies, whose compiles begin meanwhile.
  Generating generating(*context);
  Generated generated = [&] {
    const trace::Span span("generate", name);
    return generate(name, request.signature, params.generator);
  }();
  loader.hold(generating.asked());
  std::vector<ModulePointer> dependencies = loader.resolve(name, generated.dependencies, request, params);

  // With the dependencies known, the cache may have an answer after all.
  const bool has_variants = slot.slot != request.digest || slot.slot_taken;
  const bool are_compiled = std::ranges::all_of(dependencies, [](const auto& module) { return module->is_compiled(); });
  const bool slot_is_known = has_variants || are_compiled;
  if (slot_is_known)
    if (ModulePointer module = loader.find(request, slot)) return module;

  // Compile in this process and publish, on other threads; link here, when the code is wanted.
  return begin_build(context, {request, params, std::move(generated), tier()}, std::move(dependencies),
                     generating.companions(), slot_is_known ? std::optional(std::move(slot)) : std::nullopt,
                     std::move(claim));
}

// Other processes, shared libraries, and other machines need the optimised object.
Tier Job::tier() const {
  if (exchange.send || is_foreign(request) || params.cache.lib_loader != "orc" || params.build.tier == "full")
    return Tier::full;
  return params.build.tier == "auto" ? Tier::replaced : Tier::quick;
}

// Lets everybody go on, whatever happened here. What went wrong first is what the caller hears of.
void finish(const Exchange& exchange, std::exception_ptr failure) {
  try {
    if (exchange.wait) exchange.wait();
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  if (failure) std::rethrow_exception(failure);
}

ModulePointer Job::build_and_send() {
  ModulePointer module;
  std::exception_ptr failure;
  try {
    module = find_or_build();
    module->code();
  } catch (...) {
    failure = std::current_exception();
  }
  // Whatever happened here, the others must hear of it, and nobody may be left waiting.
  try {
    if (exchange.send) {
      std::vector<SharedBytes> entries;
      if (!failure)
        for (const ModulePointer& part : closure({module})) entries.push_back(part->entry());
      exchange.send(failure ? encode_failure(failure) : encode_entries(entries));
    }
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  finish(exchange, failure);
  return module;
}

ModulePointer Job::receive() {
  ModulePointer module;
  std::exception_ptr failure;
  try {
    const auto message = decode_message(exchange.receive());
    if (const auto* failed = std::get_if<Failure>(&message))
      throw_again(*failed, "the builder of '" + name + "' failed: ");
    // Everything is checked before anything is kept, or any of the code is run.
    for (const cache::StoredEntry& part : checked_modules(expect_kind<SentEntries>(message), request))
      module = loader.adopt(part);
  } catch (...) {
    failure = std::current_exception();
  }
  finish(exchange, failure);
  return module;
}

ModulePointer Job::wait_for_builder() {
  exchange.wait();
  cache::Lookup slot;
  if (ModulePointer module = loader.find(request, slot)) return module;
  throw GenerateFailed("module '" + name + "' was not in the cache '" + params.cache.cache_dir +
                       "' after waiting for its builder: the build failed there, or it uses another directory");
}

// Usable parameters of a cache, whatever is to be built.
Params checked(const CacheParams& cache) {
  Params params;
  params.cache = cache;
  params::check_params(params);
  return params;
}

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

// Until there is code; optimised code, unless quick code will do.
void finish_as_wanted(const Module& module, const std::string& tier) {
  module.code();
  if (tier == "full") module.entry();
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
  return params.build.tier != "full" || !module.state->is_left_behind();
}

}  // namespace

// Quick code for good is no answer to who wants optimised code.
ModulePointer Jit::Impl::find_same(const Request& request, const Params& params) {
  ModulePointer same = context->memory.find(request.signature, request.digest, memory_scope(params.cache));
  if (!same || params.build.tier == "quick") return same;
  if (!is_quick_for_good(*same) && can_answer(*same, params)) return same;
  context->memory.remove(*same);
  return nullptr;
}

// The module that answers; it may be unfinished.
ModulePointer Jit::Impl::request(const std::string& name, const Params& params, const Generate& generate,
                                 const Exchange& exchange) {
  // Asked for before, with equal parameters?
  if (ModulePointer module = context->memory.find(name, params)) {
    if (can_answer(*module, params)) {
      count_answer(*context, *module);
      return module;
    }
    context->memory.remove(*module);
  }
  // Inside a generate there is enough, and it matters which thread asks.
  if (Generating::current(*context)) return obtain(name, params, generate, exchange);
  ModulePointer module;
  with_enough_stack([&] { module = obtain(name, params, generate, exchange); });
  return module;
}

ModulePointer Jit::Impl::obtain(const std::string& name, const Params& params, const Generate& generate,
                                const Exchange& exchange) {
  // Everything that can be wrong with the request is found before anything is done.
  params::check_params(params);
  context->deliver_messages();
  Job job{context, name, params, generate, exchange, make_request(name, params), Loader(*context, params)};

  // One thread of this process works on it; the others wait for that.
  const std::string key = memory_scope(params.cache) + '\0' + job.request.digest.hex();
  ModulePointer module = context->inflight.run(
      key, name,
      [&] {
        ModulePointer same = find_same(job.request, params);
        if (!same) return job.obtain();
        count_answer(*context, *same);
        return same;
      },
      context->counters.waits);

  // What names a relative directory means another one after a change of directory: only the key tells.
  if (!job.request.is_relative) context->memory.answer(params, module);
  return module;
}

Jit::Jit() : impl_(std::make_unique<Impl>()) {
  // Not said at once: a handler may ask for the default Jit, which may be this one.
  if (const auto reason = trace::start(params::trace_file(params::read_environment())))
    impl_->context->say_later({{log::Level::warning, "DIJITSO_TRACE has no effect: " + *reason}});
}

void Jit::Impl::wait() {
  wait_interruptibly([&](auto duration) { return context->tasks.wait_for(duration); });
  context->preludes.wait();
  context->deliver_messages();
}

Jit::~Jit() {
  const InterruptCheck none({});
  impl_->wait();
  impl_->context->save_usage();
  impl_->context->memory.clear();  // modules that were never linked hold the context
}

std::pair<Library, std::string> Jit::jit(const std::string& name, const Params& params, const Generate& generate,
                                         const Exchange& exchange) {
  ModulePointer module = impl_->request(name, params, generate, exchange);
  Generating* const generating = Generating::current(*impl_->context);
  if (generating) generating->asked_for(module);
  if (!module->is_optimized() || !module->is_linked()) {
    // Asked for by the generate of another module: that one waits for it. With one job nothing is gained by going on.
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
  ModulePointer module = impl_->context->memory.find_variant(signature, memory_scope(checked(cache).cache));
  return module ? std::optional<Library>(std::move(module)) : std::nullopt;
}

std::optional<Library> Jit::load(const std::string& signature, const CacheParams& cache) {
  ModulePointer module;
  with_enough_stack([&] { module = Loader(*impl_->context, checked(cache)).newest(signature); });
  if (!module) return std::nullopt;
  impl_->context->memory.add(module);
  return Library(std::move(module));
}

// What its destructor would do, which never runs: threads may be using it until the process has ended.
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
  const ParamsDict all = params::as_dict(params);
  const ParamsDict relevant = {{"build", all.at("build")}, {"generator", all.at("generator")}};
  return name + "_" + signatures::hash_params(relevant);
}

}  // namespace dijitso
