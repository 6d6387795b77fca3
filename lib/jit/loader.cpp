// An entry names its dependencies; each must be found and linked before it. Chains can be long, so the work to do is
// kept on a list, not on the stack: a lookup that meets dependencies not yet loaded is repeated after they have been
// loaded. One that meets a dependency that is just being compiled begins anew when that is done; nothing is locked
// meanwhile. Tested in tests/jit.

#include "jit/loader.h"

#include "jit/build.h"
#include "jit/make_code.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <ranges>

namespace dijitso {
namespace {

// A module and its request, without the text.
using Name = std::pair<std::string, Digest>;

// Until it is compiled, or has failed: then it is not in the memory any more.
void wait_for(const Module& module) {
  try {
    module.identity();
  } catch (const std::exception&) {
    // Whoever asked for it is told.
  }
}

}  // namespace

Loader::Loader(Context& context, const Params& params)
    : context_(context), store_(context.store_for(params.cache)), scope_(memory_scope(params.cache)) {}

ModulePointer Loader::find(const Request& request, cache::Lookup& place) {
  return find(Wanted{request.signature, request.digest, request.text}, place);
}

ModulePointer Loader::find(const Wanted& wanted, cache::Lookup& place) {
  for (;;) {
    std::vector<ModulePointer> pending;
    ModulePointer module = find(wanted, place, pending);
    if (module || pending.empty()) return module;
    // One that this thread is to bring is as good as not there: what depends on it is built anew.
    const auto may_wait = [](const ModulePointer& one) { return one->is_compiled() || one->unfinished->may_wait(); };
    if (!std::ranges::all_of(pending, may_wait)) return nullptr;
    for (const ModulePointer& dependency : pending) wait_for(*dependency);
  }
}

ModulePointer Loader::find(const Wanted& wanted, cache::Lookup& place, std::vector<ModulePointer>& pending) {
  const std::lock_guard lock(context_.loading);
  std::vector<Wanted> to_find = {wanted};
  std::set<Name> begun, circular, done;  // done: what is not in memory then is not in the cache
  for (;;) {
    const Wanted current = to_find.back();
    const Name name{current.signature, current.request};
    if (done.contains(name)) {  // several modules depend on it
      to_find.pop_back();
      continue;
    }
    std::vector<Wanted> unresolved;
    const auto resolve = [&](const cache::Dependency& dependency) -> std::optional<Digest> {
      if (const ModulePointer module = context_.memory.find_variant(dependency.signature, dependency.build, scope_)) {
        if (module->is_compiled()) return module->identity();
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
      module = context_.memory.find_identity(entry.signature, identity, scope_);
      if (module) {
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
  for (const Digest& slot : store_.slots(signature)) {
    const std::optional<cache::StoredEntry> stored = store_.read(signature, slot);
    if (!stored || is_foreign(stored->entry.request)) continue;
    const std::string& request = stored->entry.request;
    cache::Lookup place;
    if (ModulePointer module = find(Wanted{signature, blake3(request), request}, place)) return module;
  }
  return nullptr;
}

std::vector<ModulePointer> Loader::resolve(const std::string& signature, const std::vector<std::string>& dependencies,
                                           const Request& request, const Params& params,
                                           const std::vector<ModulePointer>& asked_for) {
  const std::string target = target_of(request.text);
  std::vector<ModulePointer> modules;
  for (const std::string& name : dependencies) {
    if (name == signature) throw GenerateFailed("module '" + signature + "' names itself as a dependency");
    ModulePointer module = context_.memory.find_variant(name, request.build, scope_);
    const auto is_meant = [&](const ModulePointer& one) {
      return one->signature == name && one->scope == scope_ && one->target == target;
    };
    if (const auto asked = std::ranges::find_if(asked_for, is_meant); !module && asked != asked_for.end())
      module = *asked;
    if (const ModulePointer last = module ? nullptr : context_.memory.find_variant(name, scope_);
        last && is_meant(last))
      module = last;
    cache::Lookup place;
    if (!module) module = find(make_request(name, params), place);
    if (!module)
      throw GenerateFailed("module '" + signature + "' names the dependency '" + name +
                           "', which has not been built: call jit for it before, or in, the generate of '" + signature +
                           "'");
    if (std::find(modules.begin(), modules.end(), module) == modules.end()) modules.push_back(std::move(module));
  }
  return modules;
}

std::vector<ModulePointer> Loader::dependencies_of(const cache::Entry& entry) const {
  std::vector<ModulePointer> dependencies;
  for (const cache::Dependency& dependency : entry.dependencies) {
    const ModulePointer needed = context_.memory.find_identity(dependency.signature, dependency.identity, scope_);
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
  if (ModulePointer loaded = context_.memory.find_identity(entry.signature, identity, scope_)) return loaded;
  auto module = std::make_shared<Module>();
  module->signature = entry.signature;
  module->scope = scope_;
  module->request = blake3(entry.request);
  module->build = entry.build;
  module->target = target_of(entry.request);
  module->header = entry.header;
  module->usage = &store_.usage();
  module->dependencies = dependencies_of(entry);
  finish(*module, entry, identity, bytes);
  context_.memory.add(module);
  return module;
}

void Loader::finish(Module& module, const cache::Entry& entry, const Digest& identity, const SharedBytes& bytes) {
  module.set_identity(identity);
  module.set_entry(bytes);
  module.set_code(make_code(context_, store_.layout().params(), module, entry, bytes));
}

// Others are being compiled against what was told of it: that must have been true.
void Loader::check_expected(const Module& module, const cache::Entry& entry) const {
  if (module.dependencies != dependencies_of(entry) || module.header != entry.header)
    throw CommunicationError("module '" + entry.signature +
                             "' came with other dependencies or another header than was told before");
}

ModulePointer Loader::adopt(const cache::StoredEntry& sent, Plans* plans) {
  const cache::Entry& entry = sent.entry;
  const Digest identity = entry.identity();
  const std::lock_guard lock(context_.loading);
  if (ModulePointer loaded = context_.memory.find_identity(entry.signature, identity, scope_)) return loaded;
  const std::shared_ptr<Module> expected = plans ? plans->expected(entry, scope_) : nullptr;
  try {
    if (expected) check_expected(*expected, entry);
    if (ModulePointer stored = find_or_publish(sent, identity, expected != nullptr)) return stored;
    if (!expected) return link(entry, identity, sent.bytes);
    finish(*expected, entry, identity, sent.bytes);
  } catch (...) {
    if (expected) plans->fail(expected, std::current_exception());
    throw;
  }
  plans->come(expected);
  return expected;
}

// The cache may have it; then that is linked, unless it is expected.
ModulePointer Loader::find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected) {
  const cache::Entry& entry = sent.entry;
  cache::Lookup place;
  if (is_expected) {
    const auto resolve = [&](const cache::Dependency& dependency) -> std::optional<Digest> {
      const ModulePointer needed = context_.memory.find_identity(dependency.signature, dependency.identity, scope_);
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
