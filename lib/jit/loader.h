// From the cache into this process: finds today's variant of a module, loads what it depends on, links it.
#pragma once

#include "cache/lookup.h"
#include "jit/context.h"
#include "jit/key.h"
#include "jit/module.h"
#include "jit/plans.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dijitso {

class Loader {
 public:
  Loader(Context& context, const Params& params);

  cache::Store& store() { return store_; }

  // The module that answers the request, linked; nullptr when the cache has none. `place` then says where it belongs.
  ModulePointer find(const Request& request, cache::Lookup& place);

  // The newest module of this name in the cache whose headers and dependencies are those of today, linked; nullptr when
  // there is none.
  ModulePointer newest(const std::string& signature);

  // The modules that these names mean as dependencies of a module with `params`: the variant used last in this process,
  // of those with the same build parameters first and none of another kind of machine, which may still be unfinished,
  // else the one that the cache has for the same parameters. A module of `asked_for` may have failed already, and is
  // then no longer in memory. GenerateFailed for a name that was never built, or that is the module's own.
  std::vector<ModulePointer> resolve(const std::string& signature, const std::vector<std::string>& dependencies,
                                     const Request& request, const Params& params,
                                     const std::vector<ModulePointer>& asked_for = {});

  // Links an entry whose dependencies are in memory and remembers it, unless the very same is loaded already.
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

  // The very variants that an entry was built against. LinkFailed when one is not in memory.
  std::vector<ModulePointer> dependencies_of(const cache::Entry& entry) const;
  void finish(Module& module, const cache::Entry& entry, const Digest& identity, const SharedBytes& bytes);
  void check_expected(const Module& module, const cache::Entry& entry) const;
  ModulePointer find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected);

  Context& context_;
  cache::Store& store_;
  std::string scope_;  // of the modules in memory
};

}  // namespace dijitso
