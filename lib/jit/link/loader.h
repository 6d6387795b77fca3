// From the cache into this process: finds today's variant of a module, loads what it depends on, links it.
//
// A Loader keeps references to everything that it has found, because another thread may clear the memory at any time.
// So one is made for each request, and used by one thread.
#pragma once

#include "cache/store/lookup.h"
#include "jit/context.h"
#include "jit/loaded/module.h"
#include "jit/peers/plans.h"
#include "jit/request/key.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {

class Loader {
 public:
  // `params` are those of the request, and must outlive this.
  Loader(Context& context, const Params& params);

  cache::Store& store() { return store_; }

  // Keeps a reference to this module, as if it had been found here.
  void hold(const ModulePointer& module);
  void hold(const std::vector<ModulePointer>& modules);

  // The same of modules that the generate of the request asked jit for, in that order. Names mean these first.
  void hold_asked(const std::vector<ModulePointer>& modules);

  // The variant with this identity, held here or in memory.
  ModulePointer find_identity(const std::string& signature, const Digest& identity) const;

  // The module that answers the request, linked; nullptr when the cache has none. `lookup` then says where it belongs.
  ModulePointer find(const Request& request, cache::Lookup& lookup);

  // The newest module of this name in the cache whose headers and dependencies are those of today, linked; nullptr when
  // there is none.
  ModulePointer newest(const std::string& signature);

  // The modules that these names mean as dependencies of the requested module, which may still be unfinished or have
  // failed, and are never for another kind of machine: what its generate asked for; else the variant in memory that the
  // parameters of the request lead to; else the one that this thread used last, or else any, of those with the same
  // build parameters first; else the one that the cache has for the same parameters; else one that was forgotten while
  // somebody uses it. GenerateFailed for a name that was never built, or that is the module's own.
  Dependencies resolve(const Request& request, const std::vector<std::string>& dependencies);

  // Links an entry and remembers the module, unless it is loaded already. The dependencies must be held or in memory.
  // `identity` and `bytes` are the entry's, verified.
  ModulePointer link(const cache::Entry& entry, const Digest& identity, const SharedBytes& bytes);

  // Takes an entry that another process sent: publishes it unless the cache already has it, and links it. It may be one
  // that was expected.
  ModulePointer adopt(const cache::StoredEntry& sent, Plans* plans = nullptr);

 private:
  struct Wanted {
    std::string signature;
    Digest request;
    std::string request_text;        // empty: only its digest is known
    bool is_what_was_asked = false;  // with the parameters of this request
  };
  ModulePointer find(const Wanted& wanted, cache::Lookup& lookup);
  // One attempt. When `pending` is not empty the result means nothing: these modules must be compiled first.
  ModulePointer find(const Wanted& wanted, cache::Lookup& lookup, std::vector<ModulePointer>& pending);

  // What the generate of the request asked for; of several variants one with these build parameters first.
  ModulePointer find_asked(const std::string& signature, const Digest& build) const;
  // The last variant, in memory or else held, whose request or build parameters these are.
  ModulePointer find_request(const std::string& signature, const Digest& request) const;
  ModulePointer find_variant(const std::string& signature, const Digest& build) const;
  template <class Predicate>
  ModulePointer last_held(const std::string& signature, Predicate predicate) const;
  // What the name of a dependency means today, if it is in memory or held.
  ModulePointer find_meant(const Wanted& dependent, const cache::Dependency& dependency) const;
  ModulePointer find_otherwise(const std::string& name, const Request& named, const std::string& target);

  // The variants that an entry was built against. LinkFailed when one is neither held nor in memory.
  std::vector<ModulePointer> dependencies_of(const cache::Entry& entry) const;
  void check_expected(const Module& module, const cache::Entry& entry) const;
  ModulePointer find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected);

  Context& context_;
  const Params& params_;
  cache::Store& store_;
  std::string namespace_;  // of the modules in memory
  std::vector<ModulePointer> asked_;
  std::map<std::string, std::vector<ModulePointer>> held_;  // by signature; the one found last is at the end
};

}  // namespace dijitso
