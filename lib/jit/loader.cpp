// An entry names its dependencies; each must be found and linked before it. Chains can be long, so the work to do is
// kept on a list, not on the stack: a lookup that meets dependencies not yet loaded is repeated after they have been
// loaded. One that meets a dependency that is just being compiled begins anew when that is done; nothing is locked
// meanwhile. Tested in tests/jit; what the memory loses meanwhile, in forget_test.cpp there.

#include "jit/loader.h"

#include "jit/build.h"
#include "jit/interruptible.h"
#include "jit/make_code.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <ranges>
#include <set>

namespace dijitso {
namespace {

// A module and its request, without the text.
using Name = std::pair<std::string, Digest>;

// Until it is compiled, or has failed: then it is not in the memory any more.
void wait_for(const Module& module) {
  try {
    module.identity();
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception&) {
    // Whoever asked for it is told.
  }
}

}  // namespace

Loader::Loader(Context& context, const Params& params)
    : context_(context), store_(context.store_for(params.cache)), scope_(memory_scope(params.cache)) {}

void Loader::hold(const ModulePointer& module) {
  std::vector<ModulePointer>& variants = held_[module->signature];
  std::erase(variants, module);
  variants.push_back(module);
}

void Loader::hold(const std::vector<ModulePointer>& modules) {
  for (const ModulePointer& module : modules) hold(module);
}

// The same one throughout a request, even when another copy has been loaded since.
ModulePointer Loader::find_identity(const std::string& signature, const Digest& identity) const {
  if (const auto held = held_.find(signature); held != held_.end())
    for (const ModulePointer& module : held->second)
      if (module->is_compiled() && module->identity() == identity && module->scope == scope_) return module;
  return context_.memory.find_identity(signature, identity, scope_);
}

ModulePointer Loader::find_variant(const std::string& signature, const Digest& build) const {
  if (ModulePointer module = context_.memory.find_variant(signature, build, scope_)) return module;
  if (const auto held = held_.find(signature); held != held_.end())
    for (const ModulePointer& module : std::views::reverse(held->second))
      if (module->build == build && module->scope == scope_) return module;
  return nullptr;
}

ModulePointer Loader::find(const Request& request, cache::Lookup& place) {
  return find(Wanted{request.signature, request.digest, request.text}, place);
}

ModulePointer Loader::find(const Wanted& wanted, cache::Lookup& place) {
  for (;;) {
    std::vector<ModulePointer> pending;
    ModulePointer module = find(wanted, place, pending);
    if (module || pending.empty()) return module;
    // One that this thread is to bring is as good as not there: what depends on it is built anew.
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

ModulePointer Loader::find(const Wanted& wanted, cache::Lookup& place, std::vector<ModulePointer>& pending) {
  const std::lock_guard lock(context_.loading);
  std::vector<Wanted> to_find = {wanted};
  std::set<Name> begun, circular, done;  // done: what is not held then is not in the cache
  for (;;) {
    const Wanted current = to_find.back();
    const Name name{current.signature, current.request};
    if (done.contains(name)) {  // several modules depend on it
      to_find.pop_back();
      continue;
    }
    std::vector<Wanted> unresolved;
    const auto resolve = [&](const cache::Dependency& dependency) -> std::optional<Digest> {
      if (const ModulePointer module = find_variant(dependency.signature, dependency.build)) {
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
      const Digest identity = entry.identity();  // of much text
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
      place = std::move(found);
      return module;
    }
  }
}

ModulePointer Loader::newest(const std::string& signature) {
  for (const cache::Slot& slot : store_.slots(signature)) {
    const std::optional<cache::StoredEntry> stored = store_.read(signature, slot);
    if (!stored || is_foreign(stored->entry.request)) continue;
    const std::string& request = stored->entry.request;
    cache::Lookup place;
    if (ModulePointer module = find(Wanted{signature, blake3(request), request}, place)) return module;
  }
  return nullptr;
}

std::vector<ModulePointer> Loader::resolve(const std::string& signature, const std::vector<std::string>& dependencies,
                                           const Request& request, const Params& params) {
  std::vector<ModulePointer> modules;
  for (const std::string& name : dependencies) {
    if (name == signature) throw GenerateFailed("module '" + signature + "' names itself as a dependency");
    ModulePointer module = meaning_of(name, request, params);
    if (!module)
      throw GenerateFailed("module '" + signature + "' names the dependency '" + name +
                           "', which has not been built: call jit for it before, or in, the generate of '" + signature +
                           "'");
    hold(module);
    if (std::find(modules.begin(), modules.end(), module) == modules.end()) modules.push_back(std::move(module));
  }
  return modules;
}

ModulePointer Loader::meaning_of(const std::string& name, const Request& request, const Params& params) {
  if (ModulePointer module = find_variant(name, request.build)) return module;
  const std::string target = target_of(request.text);
  const auto last_meant = [&](const std::vector<ModulePointer>& variants) -> ModulePointer {
    for (const ModulePointer& one : std::views::reverse(variants))
      if (one->scope == scope_ && one->target == target) return one;
    return nullptr;
  };
  if (ModulePointer module = last_meant(held_[name])) return module;
  if (ModulePointer module = context_.memory.find_variant(name, scope_); module && module->target == target)
    return module;
  cache::Lookup place;
  if (ModulePointer module = find(make_request(name, params), place)) return module;
  return last_meant(context_.memory.forgotten(name));
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
  const std::lock_guard lock(context_.loading);  // or two threads would load the same code twice
  if (ModulePointer loaded = find_identity(entry.signature, identity)) {
    hold(loaded);
    return loaded;
  }
  ModuleFacts facts{.signature = entry.signature,
                    .scope = scope_,
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

// Others are being compiled against what was told of it: that must have been true. What it depends on is held.
void Loader::check_expected(const Module& module, const cache::Entry& entry) const {
  if (module.dependencies != dependencies_of(entry) || module.header != entry.header)
    throw CommunicationError("module '" + entry.signature +
                             "' came with other dependencies or another header than was told before");
}

ModulePointer Loader::adopt(const cache::StoredEntry& sent, Plans* plans) {
  const cache::Entry& entry = sent.entry;
  const Digest identity = entry.identity();
  const std::lock_guard lock(context_.loading);
  if (ModulePointer loaded = find_identity(entry.signature, identity)) {
    hold(loaded);
    return loaded;
  }
  const ModulePointer expected = plans ? plans->expected(entry, scope_) : nullptr;
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

// The cache may have it; then that is linked, unless it is expected.
ModulePointer Loader::find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected) {
  const cache::Entry& entry = sent.entry;
  cache::Lookup place;
  if (is_expected) {
    const auto resolve = [&](const cache::Dependency& dependency) -> std::optional<Digest> {
      const ModulePointer needed = find_identity(dependency.signature, dependency.identity);
      return needed ? std::optional(needed->identity()) : std::nullopt;
    };
    place = cache::lookup(store_, entry.signature, blake3(entry.request), entry.request, context_.files, resolve);
    if (place.hit) return nullptr;
  } else if (ModulePointer stored = find(Wanted{entry.signature, blake3(entry.request), entry.request}, place);
             stored && stored->identity() == identity) {
    return stored;
  }
  if (!store_.layout().params().use_disk) return nullptr;
  const bool published =
      store_.publish(entry.signature, place.slot, *sent.bytes, entry.header, "", "", place.slot_taken);
  count_published(context_, store_, published);
  return nullptr;
}

}  // namespace dijitso
