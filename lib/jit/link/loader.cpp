// All dependencies of an entry must be found and linked before it. Chains can be long, so pending work is kept in a
// list, not on the stack: a lookup that meets dependencies that are not loaded is repeated after they are. A lookup
// that meets a dependency that is being compiled waits without a lock, and begins anew. Tested in tests/jit; clearing
// the memory at the same time, in forget_test.cpp there.

#include "jit/link/loader.h"

#include "jit/build/build.h"
#include "jit/link/make_code.h"
#include "jit/request/interruptible.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <set>

namespace dijitso {
namespace {

// Signature and digest of the request.
using Name = std::pair<std::string, Digest>;

// Waits until the module has been compiled, or has failed and was removed from memory.
void wait_for(const Module& module) {
  try {
    module.identity();
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception&) {
    // The thread that requested it reports the failure.
  }
}

}  // namespace

Loader::Loader(Context& context, const Params& params)
    : context_(context),
      params_(params),
      store_(context.store_for(params.cache)),
      namespace_(memory_namespace(params.cache)) {}

void Loader::hold(const ModulePointer& module) {
  std::vector<ModulePointer>& variants = held_[module->signature];
  std::erase(variants, module);
  variants.push_back(module);
}

void Loader::hold(const std::vector<ModulePointer>& modules) {
  for (const ModulePointer& module : modules) hold(module);
}

void Loader::hold_asked(const std::vector<ModulePointer>& modules) {
  hold(modules);
  asked_ = modules;
}

// Searches held modules first, so that one request always gets the same module, even if another copy has been loaded
// since.
ModulePointer Loader::find_identity(const std::string& signature, const Digest& identity) const {
  if (const auto held = held_.find(signature); held != held_.end())
    for (const ModulePointer& module : held->second)
      if (module->is_compiled() && module->identity() == identity && module->name_space == namespace_) return module;
  return context_.memory.find_identity(signature, identity, namespace_);
}

ModulePointer Loader::find_asked(const std::string& signature, const Digest& build) const {
  ModulePointer last;
  for (const ModulePointer& module : std::views::reverse(asked_)) {
    if (module->signature != signature || module->name_space != namespace_) continue;
    if (module->build == build) return module;
    if (!last) last = module;
  }
  return last;
}

template <class Predicate>
ModulePointer Loader::last_held(const std::string& signature, Predicate predicate) const {
  if (const auto held = held_.find(signature); held != held_.end())
    for (const ModulePointer& module : std::views::reverse(held->second))
      if (module->name_space == namespace_ && predicate(*module)) return module;
  return nullptr;
}

ModulePointer Loader::find_request(const std::string& signature, const Digest& request) const {
  if (ModulePointer module = context_.memory.find_request(signature, request, namespace_)) return module;
  return last_held(signature, [&](const Module& module) { return module.request == request; });
}

ModulePointer Loader::find_variant(const std::string& signature, const Digest& build) const {
  if (ModulePointer module = context_.memory.find_variant(signature, build, namespace_)) return module;
  return last_held(signature, [&](const Module& module) { return module.build == build; });
}

// Searches in the same order as resolve(). Makes a key only when there are several variants to choose from.
ModulePointer Loader::find_meant(const Wanted& dependent, const cache::Dependency& dependency) const {
  const std::string& name = dependency.signature;
  if (dependent.is_what_was_asked) {
    if (ModulePointer module = find_asked(name, dependency.build)) return module;
    if (context_.memory.has_several(name))
      if (ModulePointer module = find_request(name, make_request(name, params_).digest)) return module;
  }
  return find_variant(name, dependency.build);
}

ModulePointer Loader::find(const Request& request, cache::Lookup& lookup) {
  return find(Wanted{request.signature, request.digest, request.text, /*is_what_was_asked=*/true}, lookup);
}

ModulePointer Loader::find(const Wanted& wanted, cache::Lookup& lookup) {
  for (;;) {
    std::vector<ModulePointer> pending;
    ModulePointer module = find(wanted, lookup, pending);
    if (module || pending.empty()) return module;
    // This thread cannot wait for a module that it must receive itself, so the dependent is built anew.
    const auto may_wait = [](const ModulePointer& one) { return one->is_compiled() || one->state->may_wait(); };
    if (!std::ranges::all_of(pending, may_wait)) return nullptr;
    for (const ModulePointer& dependency : pending) {
      wait_for(*dependency);
      if (dependency->is_compiled())
        hold(dependency);
      else
        std::erase(held_[dependency->signature], dependency);
    }
  }
}

ModulePointer Loader::find(const Wanted& wanted, cache::Lookup& lookup, std::vector<ModulePointer>& pending) {
  const Lock lock(context_.loading);
  std::vector<Wanted> to_find = {wanted};
  std::set<Name> begun, circular, done;  // done and not held: not in the cache
  for (;;) {
    const Wanted current = to_find.back();
    const Name name{current.signature, current.request};
    if (done.contains(name)) {  // several modules depend on it
      to_find.pop_back();
      continue;
    }
    std::vector<Wanted> unresolved;
    const auto resolve = [&](const cache::Dependency& dependency) -> std::optional<Digest> {
      if (const ModulePointer module = find_meant(current, dependency)) {
        if (module->is_compiled()) {
          hold(module);
          return module->identity();
        }
        pending.push_back(module);
        return std::nullopt;
      }
      const Name needed{dependency.signature, dependency.request};
      if (!done.contains(needed) && !circular.contains(needed))
        unresolved.push_back({dependency.signature, dependency.request, ""});
      return std::nullopt;
    };
    cache::Lookup found =
        cache::lookup(store_, current.signature, current.request, current.request_text, context_.files, resolve);
    if (!unresolved.empty()) {
      begun.insert(name);
      for (Wanted& needed : std::views::reverse(unresolved)) {
        if (begun.contains({needed.signature, needed.request}))
          circular.emplace(needed.signature, needed.request);
        else
          to_find.push_back(std::move(needed));
      }
      continue;
    }
    to_find.pop_back();
    done.insert(name);
    ModulePointer module;
    if (found.hit) {
      const cache::Entry& entry = found.hit->entry;
      const Digest identity = entry.identity();  // expensive: hashes long texts
      module = find_identity(entry.signature, identity);
      if (module) {
        hold(module);
        store_.usage().memory_hit();
      } else {
        ++context_.counters.disk_hits;
        store_.usage().disk_hit(recorded_seconds(entry));
        module = link(entry, identity, found.hit->bytes);
      }
    }
    if (to_find.empty()) {
      lookup = std::move(found);
      return module;
    }
  }
}

ModulePointer Loader::newest(const std::string& signature) {
  for (const cache::Slot& slot : store_.slots(signature)) {
    const std::optional<cache::StoredEntry> stored = store_.read(signature, slot);
    if (!stored || is_foreign(stored->entry.request)) continue;
    const std::string& request = stored->entry.request;
    cache::Lookup lookup;
    if (ModulePointer module = find(Wanted{signature, blake3(request), request}, lookup)) return module;
  }
  return nullptr;
}

Dependencies Loader::resolve(const Request& request, const std::vector<std::string>& dependencies) {
  const std::string& signature = request.signature;
  const std::string target = target_of(request.text);
  Dependencies resolved;
  for (const std::string& name : dependencies) {
    if (name == signature) throw GenerateFailed("module '" + signature + "' names itself as a dependency");
    ModulePointer module = find_asked(name, request.build);
    if (module && module->target != target) module = nullptr;
    Digest meant = module ? module->request : Digest();
    if (!module) {
      const Request named = make_request(name, params_);
      meant = named.digest;
      module = find_request(name, meant);
      if (!module) module = find_otherwise(name, named, target);
    }
    if (!module)
      throw GenerateFailed("module '" + signature + "' names the dependency '" + name +
                           "', which has not been built: call jit for it before, or in, the generate of '" + signature +
                           "'");
    hold(module);
    if (std::ranges::count(resolved.modules, module) > 0) continue;
    resolved.modules.push_back(std::move(module));
    resolved.meant.push_back(meant);
  }
  return resolved;
}

ModulePointer Loader::find_otherwise(const std::string& name, const Request& named, const std::string& target) {
  if (ModulePointer module = find_variant(name, named.build)) return module;
  const auto is_usable = [&](const Module& module) {
    return module.name_space == namespace_ && module.target == target;
  };
  if (ModulePointer module = last_held(name, is_usable)) return module;
  if (ModulePointer module = context_.memory.find_variant(name, namespace_); module && is_usable(*module))
    return module;
  cache::Lookup lookup;
  if (ModulePointer module = find(named, lookup)) return module;
  for (const ModulePointer& module : std::views::reverse(context_.memory.forgotten(name)))
    if (is_usable(*module)) return module;
  return nullptr;
}

std::vector<ModulePointer> Loader::dependencies_of(const cache::Entry& entry) const {
  std::vector<ModulePointer> dependencies;
  for (const cache::Dependency& dependency : entry.dependencies) {
    const ModulePointer needed = find_identity(dependency.signature, dependency.identity);
    if (!needed)
      throw LinkFailed("module '" + entry.signature + "' was built against a variant of '" + dependency.signature +
                       "' that is not loaded: clean the cache directory '" + store_.layout().root().string() +
                       "' of both");
    dependencies.push_back(needed);
  }
  return dependencies;
}

ModulePointer Loader::link(const cache::Entry& entry, const Digest& identity, const SharedBytes& bytes) {
  const Lock lock(context_.loading);  // so that two threads do not load the same code
  if (ModulePointer loaded = find_identity(entry.signature, identity)) {
    hold(loaded);
    return loaded;
  }
  ModuleFacts facts{.signature = entry.signature,
                    .name_space = namespace_,
                    .request = blake3(entry.request),
                    .build = entry.build,
                    .target = target_of(entry.request),
                    .header = entry.header,
                    .dependencies = dependencies_of(entry),
                    .usage = &store_.usage()};
  const auto module =
      std::make_shared<const Module>(std::move(facts), std::make_shared<ModuleState>(entry.signature, identity, bytes));
  module->set_code(make_code(context_, store_.layout().params(), *module, entry, bytes));
  context_.memory.add(module);
  hold(module);
  return module;
}

// Checks that the module is as it was announced, because other modules are being compiled against it. Its dependencies
// must be held.
void Loader::check_expected(const Module& module, const cache::Entry& entry) const {
  if (module.dependencies != dependencies_of(entry) || module.header != entry.header)
    throw CommunicationError("module '" + entry.signature +
                             "' arrived with other dependencies or another header than were announced");
}

ModulePointer Loader::adopt(const cache::StoredEntry& sent, Plans* plans) {
  const cache::Entry& entry = sent.entry;
  const Digest identity = entry.identity();
  const Lock lock(context_.loading);
  if (ModulePointer loaded = find_identity(entry.signature, identity)) {
    hold(loaded);
    return loaded;
  }
  const ModulePointer expected = plans ? plans->expected(entry, namespace_) : nullptr;
  if (expected) hold(expected->dependencies);
  try {
    if (expected) check_expected(*expected, entry);
    if (ModulePointer stored = find_or_publish(sent, identity, expected != nullptr)) return stored;
    if (!expected) return link(entry, identity, sent.bytes);
    expected->set_code(make_code(context_, store_.layout().params(), *expected, entry, sent.bytes));
  } catch (...) {
    if (expected) plans->fail(expected, std::current_exception());
    throw;
  }
  plans->come(expected, identity, sent.bytes);
  hold(expected);
  return expected;
}

// Publishes the entry unless the cache has it. Links and returns an entry from the cache, unless the module was
// announced.
ModulePointer Loader::find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected) {
  const cache::Entry& entry = sent.entry;
  cache::Lookup lookup;
  if (is_expected) {
    const auto resolve = [&](const cache::Dependency& dependency) -> std::optional<Digest> {
      const ModulePointer needed = find_identity(dependency.signature, dependency.identity);
      return needed ? std::optional(needed->identity()) : std::nullopt;
    };
    lookup = cache::lookup(store_, entry.signature, blake3(entry.request), entry.request, context_.files, resolve);
    if (lookup.hit) return nullptr;
  } else if (ModulePointer stored = find(Wanted{entry.signature, blake3(entry.request), entry.request}, lookup);
             stored && stored->identity() == identity) {
    return stored;
  }
  if (!store_.layout().params().use_disk) return nullptr;
  const bool published =
      store_.publish(entry.signature, lookup.slot, *sent.bytes, entry.header, "", "", lookup.slot_taken);
  count_published(context_, store_, published);
  return nullptr;
}

}  // namespace dijitso
