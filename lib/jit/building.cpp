// What is let go, and when, matters: whoever waits for a step may destroy the last handle of a module right after it,
// and its static destructors must run then and there. So nothing here refers to a module any more when a step is
// announced, but for what linking needs, which is let go with the link. Tested in tests/jit/concurrent_test.cpp.

#include "jit/building.h"

#include "jit/backends.h"
#include "jit/interruptible.h"
#include "jit/make_code.h"
#include "jit/needed.h"
#include "jit/pool.h"
#include "support/cores.h"
#include "support/trace.h"

#include <dijitso/error.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <utility>

namespace dijitso {
namespace {

// A failure is to be found where the request was made, wherever the program has gone meanwhile.
void settle_fail_dir(CacheParams& cache) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (!cache.fail_dir_root && !error) cache.fail_dir_root = here.string();
}

bool is_ready(const std::shared_future<void>& step) {
  return step.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

std::size_t jobs_of(const BuildParams& build) {
  return build.jobs > 0 ? static_cast<std::size_t>(build.jobs) : available_cores();
}

Building::Building(std::shared_ptr<Context> context, Order order, std::vector<ModulePointer> companions,
                   std::optional<cache::Lookup> place, Claim claim)
    : signature_(order.request.signature),
      cache_(order.params.cache),
      tier_(order.tier),
      context_(std::move(context)),
      companions_(std::move(companions)),
      place_(std::move(place)),
      claim_(std::move(claim)),
      compiled_(compiled_promise_.get_future().share()) {
  settle_fail_dir(order.params.cache);
  order_ = std::make_shared<const Order>(std::move(order));
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
  Context& shared = *context;
  const auto building = std::make_shared<Building>(std::move(context), std::move(order), std::move(companions),
                                                   std::move(place), std::move(claim));
  building->module_ = module;
  module->unfinished = building;
  shared.memory.add(module);
  building->submit();
  return module;
}

// What a thread of the pool takes with it. A child finds the order still here.
struct Building::Work {
  std::shared_ptr<Context> context;
  std::shared_ptr<const Order> order;
  std::optional<cache::Lookup> place;
  Claim claim;
  bool begun_in_parent;
};

void Building::submit() {
  std::shared_ptr<Context> context;
  std::size_t jobs;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
    jobs = jobs_of(order_->params.build);
  }
  context->tasks.begin();
  pool::submit([self = shared_from_this()] { self->build(); }, pool::Urgency::awaited, jobs);
}

void Building::continue_in_child() {
  if (begun_in_ == forking::generation()) return;
  std::shared_ptr<const Order> order;
  {
    const std::lock_guard lock(mutex_);
    if (generation_ == forking::generation()) return;
    order = order_;
  }
  // Dependencies first, so that none is begun within another: chains may be long.
  if (order)
    for (const ModulePointer& needed : closure(order->dependencies, [](const Module& m) { return m.is_compiled(); }))
      if (const auto building = std::dynamic_pointer_cast<Building>(needed->unfinished)) building->submit_in_child();
  submit_in_child();
}

void Building::submit_in_child() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(generation_, forking::generation()) == forking::generation() || is_ready(compiled_)) return;
    if (failure_ || object_) return announce(failure_);  // the parent was about to
  }
  submit();
}

void Building::build() noexcept {
  const InterruptCheck none({});  // where the system gives no thread, that of a caller does this
  Work work;
  {
    const std::lock_guard lock(mutex_);
    work = {context_, order_, place_, std::move(claim_), generation_ != begun_in_};
  }
  const std::shared_ptr<Context> context = work.context;
  std::exception_ptr failure;
  std::vector<log::Message> messages;
  {
    const log::HoldMessages hold(messages);
    try {
      compile_and_publish(work);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (failure)
    if (const ModulePointer module = module_.lock()) context->memory.remove(module);
  work = {};
  std::shared_ptr<const Order> order;
  {
    const std::lock_guard lock(mutex_);
    messages_ = std::move(messages);
    failure_ = failure;
    order_.swap(order);
  }
  order.reset();
  {
    const std::lock_guard lock(mutex_);
    announce(failure);
  }
  context->tasks.end();
}

// With the mutex held, so that a child has all of it or nothing.
void Building::announce(std::exception_ptr failure) {
  if (is_ready(compiled_)) return;  // by the thread of the pool that made this process by fork()
  if (failure)
    compiled_promise_.set_exception(std::move(failure));
  else
    compiled_promise_.set_value();
}

void Building::compile_and_publish(Work& work) {
  Context& context = *work.context;
  const Order& order = *work.order;
  const auto wait_for_dependencies = [&] {
    for (const ModulePointer& needed : order.dependencies) try {
        needed->identity();
      } catch (...) {
        throw_as_need_of(signature_, needed->signature);
      }
  };
  const auto look = [&] { return look_up(context, context.store_for(cache_), order.request, order.dependencies); };
  if (work.begun_in_parent) {  // which may have published it meanwhile
    wait_for_dependencies();
    work.place = look();
    if (work.place->hit) return take(work.place->hit->entry, work.place->hit->bytes, /*is_final=*/true, nullptr);
  }
  Compilation compilation = compile_module(context, order);
  const compile::CompileResult& result = compilation.code.result;
  wait_for_dependencies();
  if (!work.place) work.place = look();
  if (work.place->hit) return take(work.place->hit->entry, work.place->hit->bytes, /*is_final=*/true, nullptr);

  cache::Entry entry = describe(order, compilation);
  if (compilation.code.optimizer) return take_quick(work, std::move(entry), std::move(compilation.code));
  const SharedBytes bytes = encode(entry, order, result);
  take(std::move(entry), bytes, /*is_final=*/true, nullptr);
  publish(context, order, *work.place, *bytes, result, work.place->slot_taken);
}

void Building::take(cache::Entry entry, SharedBytes object, bool is_final, std::shared_ptr<Optimizing> optimizing) {
  const std::shared_ptr<Module> module = module_.lock();  // goes after the lock
  const Digest identity = entry.identity();
  const std::lock_guard lock(mutex_);
  if (object_) return;  // as in announce()
  entry_ = std::move(entry);
  object_ = std::move(object);
  optimizing_ = std::move(optimizing);
  if (!module) return;
  module->set_identity(identity);
  if (is_final) module->set_entry(object_);
}

// What is known now is all that dependents need; the rest is done while the quick code runs.
void Building::take_quick(Work& work, cache::Entry entry, compile::QuickResult code) {
  const auto object = std::make_shared<const Bytes>(std::move(code.result.object));
  if (tier_ == Tier::quick) return take(std::move(entry), object, /*is_final=*/false, nullptr);
  const Order& order = *work.order;
  const auto optimizing = std::make_shared<Optimizing>(
      work.context, Order{order.request, order.params, order.generated, /*dependencies=*/{}, order.tier},
      std::move(*work.place), entry, std::move(code), std::move(work.claim), module_);
  take(std::move(entry), object, /*is_final=*/false, optimizing);
  optimizing->begin();
}

void Building::wait_for(const std::shared_future<void>& step) {
  if (!is_ready(step)) {
    const trace::Span span("compile wait", signature_);
    wait_interruptibly(step);
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

void Building::wait_until_compiled() {
  continue_in_child();
  wait_for(compiled_);
}

// Its quick code stays. Who asks for the module again gets it from the cache, or has it built.
bool Building::is_left_behind() {
  if (tier_ != Tier::replaced || begun_in_ == forking::generation()) return false;
  const std::lock_guard lock(mutex_);
  return optimizing_ && optimizing_->is_left_behind();
}

void Building::wait_until_optimized() {
  wait_until_compiled();
  if (is_left_behind())
    throw CacheError("module '" + signature_ +
                     "' was being optimised when this process was made by fork(): its quick code stays here; ask for "
                     "the module again to get optimised code");
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
    wait_until_compiled();
  } catch (const Interrupted&) {
    throw;
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
    } catch (const Interrupted&) {
      throw;
    } catch (...) {
      shared->memory.remove(module);
      failure_is_known_ = true;
      throw;
    }
  let_go();
}

}  // namespace dijitso
