// Stores, session and remembered failures are made on demand under one mutex; a hit from memory needs none of them.
// Tested in tests/jit.

#include "jit/context.h"

#include "cache/format/precompiled.h"
#include "jit/build/preludes.h"
#include "jit/link/backends.h"

#include <dijitso/build.h>

#include <iterator>
#include <new>

namespace dijitso {
Context::Context() : preludes(std::make_unique<Preludes>(files)) {}
Context::~Context() = default;

cache::Store& Context::store_for(const CacheParams& params) {
  if (params.fail_dir_root) {  // fail_dir_root does not matter to a store; each directory has one store
    CacheParams same = params;
    same.fail_dir_root.reset();
    return store_for(same);
  }
  const Lock lock(mutex_);
  for (const auto& [known, store] : stores_)
    if (known == params) return *store;
  return *stores_.emplace_back(params, std::make_unique<cache::Store>(params)).second;
}

// The one that was installed is searched last. A store finds out by itself that there is none.
cache::Store& Context::precompiled_store_for(const CacheParams& params) {
  CacheParams layered = cache::params_of_precompiled(params);
  static constinit forking::Once<const std::string> once;
  if (const std::string& installed = once.get(build::installed_cache_dir); !installed.empty())
    layered.readonly_dirs.push_back(installed);
  cache::Store& store = store_for(layered);
  store.mute_warnings();
  return store;
}

orc::Session& Context::session() {
  const Lock lock(mutex_);
  if (!session_) session_ = new_link_session();
  return *session_;
}

std::optional<CompileFailed> Context::known_failure(const Digest& inputs) {
  std::optional<Failure> failure;
  {
    const Lock lock(mutex_);
    if (const auto known = failures_.find(inputs); known != failures_.end()) failure = known->second;
  }
  if (!failure || !files.are_current(failure->files, failure->absent)) return std::nullopt;
  return std::move(failure->exception);
}

void Context::remember_failure(const Digest& inputs, const CompileFailed& failure, std::vector<cache::ReadFile> read,
                               std::vector<cache::AbsentNames> absent) {
  const Lock lock(mutex_);
  failures_.insert_or_assign(inputs, Failure{failure, std::move(read), std::move(absent)});
}

void Context::deliver_later(std::vector<log::Message> messages) try {
  const Lock lock(mutex_);
  messages_.insert(messages_.end(), std::move_iterator(messages.begin()), std::move_iterator(messages.end()));
} catch (const std::bad_alloc&) {
  // The messages are lost when there is no memory for them, and the pool goes on.
}

void Context::deliver_messages() {
  std::vector<log::Message> messages;
  {
    const Lock lock(mutex_);
    messages.swap(messages_);
  }
  log::deliver(messages);
}

// The old handler is destroyed without the lock, because its destructor is the caller's code.
void Context::set_optimized_handler(std::function<void(const Library&)> handler) {
  const Lock lock(mutex_);
  optimized_handler_.swap(handler);
}

void Context::tell_optimized(const ModulePointer& module) {
  std::function<void(const Library&)> handler;
  try {
    {
      const Lock lock(mutex_);
      handler = optimized_handler_;
    }
    if (handler && module) handler(Library(module));
  } catch (const std::bad_alloc&) {
    // There is no memory for a warning either.
  } catch (const std::exception& error) {
    deliver_later({{log::Level::warning, "a handler of optimised modules threw: " + std::string(error.what())}});
  }
}

Counters Context::snapshot() {
  Counters now;
  now.disk_hits = counters.disk_hits;
  now.compiles = counters.compiles;
  now.waits = counters.waits;
  now.published = counters.published;
  now.fallbacks = counters.fallbacks;
  now.precompiled = counters.precompiled;
  now.quick = counters.quick;
  now.optimized = counters.optimized;
  const Lock lock(mutex_);
  for (const auto& [params, store] : stores_) {
    now.memory_hits += store->usage().memory_hits();
    now.quarantined += store->quarantined();
  }
  return now;
}

void Context::save_usage() {
  std::vector<cache::Store*> stores;  // stores live as long as the Context
  {
    const Lock lock(mutex_);
    for (const auto& [params, store] : stores_) stores.push_back(store.get());
  }
  for (cache::Store* store : stores) store->usage().save();
}

}  // namespace dijitso
