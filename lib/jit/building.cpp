// What is let go, and when, matters: whoever waits for a step may destroy the last handle of a module right after it,
// and its static destructors must run then and there. So nothing here refers to a module any more when a step is
// announced, but for what linking needs, which is let go with the link. Tested in tests/jit/concurrent_test.cpp.

#include "jit/building.h"

#include "jit/backends.h"
#include "jit/make_code.h"
#include "jit/needed.h"
#include "jit/pool.h"
#include "support/cores.h"
#include "support/trace.h"

#include <dijitso/error.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

namespace dijitso {
namespace {

// A failure is to be found where the request was made, wherever the program has gone meanwhile.
void settle_fail_dir(CacheParams& cache) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (!cache.fail_dir_root && !error) cache.fail_dir_root = here.string();
}

}  // namespace

std::size_t jobs_of(const BuildParams& build) {
  return build.jobs > 0 ? static_cast<std::size_t>(build.jobs) : available_cores();
}

Building::Building(std::shared_ptr<Context> context, Order order, std::vector<ModulePointer> companions,
                   std::optional<cache::Lookup> place, Claim claim)
    : owner_(::getpid()),
      signature_(order.request.signature),
      cache_(order.params.cache),
      tier_(order.tier),
      context_(std::move(context)),
      companions_(std::move(companions)),
      order_(std::move(order)),
      place_(std::move(place)),
      claim_(std::move(claim)),
      compiled_(compiled_promise_.get_future().share()) {
  settle_fail_dir(order_.params.cache);
}

Building::~Building() { log::deliver(messages_); }

ModulePointer Building::begin(std::shared_ptr<Context> context, Order order, std::vector<ModulePointer> companions,
                              std::optional<cache::Lookup> place, Claim claim) {
  compiler_for(order.request.signature);  // its absence is told at once
  const auto module = std::make_shared<Module>();
  module->signature = order.request.signature;
  module->scope = memory_scope(order.params.cache);
  module->request = order.request.digest;
  module->build = order.request.build;
  module->target = target_of(order.request.text);
  module->header = order.generated.header;
  module->dependencies = order.dependencies;
  module->usage = &context->store_for(order.params.cache).usage();
  const std::size_t jobs = jobs_of(order.params.build);
  Context& shared = *context;
  const auto building = std::make_shared<Building>(std::move(context), std::move(order), std::move(companions),
                                                   std::move(place), std::move(claim));
  building->module_ = module;
  module->unfinished = building;
  shared.memory.add(module);
  shared.tasks.begin();
  pool::submit([building] { building->build(); }, pool::Urgency::awaited, jobs);
  return module;
}

void Building::build() noexcept {
  const std::shared_ptr<Context> context = context_;
  std::exception_ptr failure;
  {
    std::vector<log::Message> messages;
    const log::HoldMessages hold(messages);
    try {
      compile_and_publish();
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    messages_ = std::move(messages);
  }
  if (failure)
    if (const ModulePointer module = module_.lock()) context->memory.remove(module);
  claim_ = Claim();
  static_cast<void>(Order(std::move(order_)));  // a new one would take memory
  if (failure)
    compiled_promise_.set_exception(failure);
  else
    compiled_promise_.set_value();
  context->tasks.end();
}

void Building::compile_and_publish() {
  Compilation compilation = compile_module(*context_, order_);
  const compile::CompileResult& result = compilation.code.result;
  for (const ModulePointer& needed : order_.dependencies) try {
      needed->identity();
    } catch (...) {
      throw_as_need_of(signature_, needed->signature);
    }
  if (!place_) place_ = look_up(*context_, context_->store_for(cache_), order_.request, order_.dependencies);
  if (place_->hit) return take(place_->hit->entry, place_->hit->bytes, /*is_final=*/true);

  cache::Entry entry = describe(order_, result, compilation.began_ns);
  if (compilation.code.optimizer) return take_quick(std::move(entry), std::move(compilation.code));
  const SharedBytes bytes = encode(entry, order_, result);
  take(std::move(entry), bytes, /*is_final=*/true);
  publish(*context_, order_, *place_, *bytes, result, place_->slot_taken);
}

void Building::take(cache::Entry entry, SharedBytes object, bool is_final) {
  entry_ = std::move(entry);
  object_ = std::move(object);
  const auto module = module_.lock();
  if (!module) return;
  module->set_identity(entry_.identity());
  if (is_final) module->set_entry(object_);
}

// What is known now is all that dependents need; the rest is done while the quick code runs.
void Building::take_quick(cache::Entry entry, compile::QuickResult code) {
  take(entry, std::make_shared<const Bytes>(std::move(code.result.object)), /*is_final=*/false);
  if (tier_ == Tier::quick) return;
  order_.dependencies.clear();
  optimizing_ = std::make_shared<Optimizing>(context_, std::move(order_), std::move(*place_), std::move(entry),
                                             std::move(code), std::move(claim_), module_);
  optimizing_->begin();
}

void Building::wait_for(const std::shared_future<void>& step) {
  if (owner_ != ::getpid() && step.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const std::shared_ptr<Context> shared = context();
    if (const ModulePointer module = module_.lock(); module && shared) shared->memory.remove(module);
    throw CacheError("module '" + signature_ +
                     "' was being compiled when this process was made by fork(): ask for it again here");
  }
  if (step.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const trace::Span span("compile wait", signature_);
    step.wait();
  }
  deliver_messages();
  step.get();
}

void Building::deliver_messages() {
  std::vector<log::Message> messages;
  {
    const std::lock_guard lock(mutex_);
    messages.swap(messages_);
  }
  log::deliver(messages);
}

void Building::wait_until_compiled() { wait_for(compiled_); }

void Building::wait_until_optimized() {
  wait_for(compiled_);
  if (optimizing_) return wait_for(optimizing_->done());
  if (const std::shared_ptr<Module> module = module_.lock(); module && module->is_optimized()) return;
  throw InvalidArgument("module '" + signature_ +
                        "' was compiled with build.tier = quick, so there is no optimised code of it and no entry in a "
                        "cache: ask for it with build.tier full or auto");
}

// One that cannot be compiled is none.
bool Building::stays_quick() {
  if (tier_ != Tier::quick) return false;
  try {
    wait_for(compiled_);
  } catch (const std::exception&) {
    return false;
  }
  const std::shared_ptr<Module> module = module_.lock();
  return module && !module->is_optimized();
}

std::shared_ptr<Context> Building::context() {
  const std::lock_guard lock(mutex_);
  return context_;
}

// Without the lock, destructors may run that come back here.
void Building::let_go() {
  std::shared_ptr<Context> context;
  std::vector<ModulePointer> companions;
  const std::lock_guard lock(mutex_);
  context.swap(context_);
  companions.swap(companions_);
}

// All that it depends on, and what it asked for while it was generated, dependencies first. Chains may be long. A
// generate that was thrown the failure of what it asked for, and went on, did without it.
void Building::link_needed(const Module& module) {
  std::vector<ModulePointer> needed;
  {
    const std::lock_guard lock(mutex_);
    needed = companions_;
  }
  std::erase_if(needed,
                [](const ModulePointer& one) { return one->unfinished && one->unfinished->failure_is_known(); });
  needed.insert(needed.end(), module.dependencies.begin(), module.dependencies.end());
  for (const ModulePointer& one : closure(needed, [](const Module& m) { return m.is_linked(); })) try {
      one->code();
    } catch (...) {
      throw_as_need_of(signature_, one->signature);
    }
}

void Building::link_here(Context& shared, const std::shared_ptr<Module>& module) {
  wait_until_compiled();
  link_needed(*module);
  const std::lock_guard lock(shared.loading);
  if (module->is_linked()) return;
  const auto link_object = [&](const SharedBytes& object) {
    return make_code(shared, cache_, *module, entry_, object);
  };
  if (optimizing_)
    module->set_code(optimizing_->link(shared, object_, link_object));
  else
    module->set_code(link_object(object_));
  if (!optimizing_ && !module->is_optimized()) ++shared.counters.quick;
}

void Building::link() {
  const std::shared_ptr<Module> module = module_.lock();
  if (const std::shared_ptr<Context> shared = context()) try {
      link_here(*shared, module);
    } catch (...) {
      shared->memory.remove(module);
      failure_is_known_ = true;
      throw;
    }
  let_go();
}

}  // namespace dijitso
