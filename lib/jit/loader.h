// From the cache into this process: finds today's variant of a module, loads what it depends on, links it.
//
// What a Loader has found it holds as long as it lives: another thread may clear the memory at any time. So a Loader is
// made for one request, and used by one thread.
#pragma once

#include "cache/lookup.h"
#include "jit/context.h"
#include "jit/key.h"
#include "jit/module.h"
#include "jit/plans.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {

class Loader {
 public:
  Loader(Context& context, const Params& params);

  cache::Store& store() { return store_; }

  // Has this module as if it had been found here.
  void hold(const ModulePointer& module);
  void hold(const std::vector<ModulePointer>& modules);

  // The very variant with this identity, held or in memory.
  ModulePointer find_identity(const std::string& signature, const Digest& identity) const;

  // The module that answers the request, linked; nullptr when the cache has none. `place` then says where it belongs.
  ModulePointer find(const Request& request, cache::Lookup& place);

  // The newest module of this name in the cache whose headers and dependencies are those of today, linked; nullptr when
  // there is none.
  ModulePointer newest(const std::string& signature);

  // The modules that these names mean as dependencies of a module with `params`: the variant used last in this process,
  // of those with the same build parameters first and none of another kind of machine, which may still be unfinished or
  // have failed, else the one that the cache has for the same parameters, else one that was forgotten while somebody
  // uses it. GenerateFailed for a name that was never built, or that is the module's own.
  std::vector<ModulePointer> resolve(const std::string& signature, const std::vector<std::string>& dependencies,
                                     const Request& request, const Params& params);

  // Links an entry whose dependencies are held or in memory and remembers it, unless the very same is loaded already.
  // `identity` and `bytes` are the entry's, verified.
  ModulePointer link(const cache::Entry& entry, const Digest& identity, const SharedBytes& bytes);

  // Takes an entry that another process sent: publishes it unless the cache already has it, and links it. It may be one
  // that was expected.
  ModulePointer adopt(const cache::StoredEntry& sent, Plans* plans = nullptr);

 private:
  struct Wanted {
    std::string signature;
    Digest request;
    std::string request_text;  // empty: only its digest is known
  };
  ModulePointer find(const Wanted& wanted, cache::Lookup& place);
  // Once; `pending` are the modules that must be compiled before it can be known. Then the result means nothing.
  ModulePointer find(const Wanted& wanted, cache::Lookup& place, std::vector<ModulePointer>& pending);

  // The variant used last with these build parameters.
  ModulePointer find_variant(const std::string& signature, const Digest& build) const;
  ModulePointer meaning_of(const std::string& name, const Request& request, const Params& params);

  // The very variants that an entry was built against. LinkFailed when one is neither held nor in memory.
  std::vector<ModulePointer> dependencies_of(const cache::Entry& entry) const;
  void check_expected(const Module& module, const cache::Entry& entry) const;
  ModulePointer find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected);

  Context& context_;
  cache::Store& store_;
  std::string scope_;                                       // of the modules in memory
  std::map<std::string, std::vector<ModulePointer>> held_;  // by signature; the one found last is at the end
};

}  // namespace dijitso
