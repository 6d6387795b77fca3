// Loads modules from the cache: finds the variant that is valid today, loads its dependencies, links it.
//
// A Loader keeps references to all modules that it has found, because another thread may clear the memory at any time.
// So each request makes its own, for one thread.
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
  // `params` are the parameters of the request and must outlive the Loader.
  Loader(Context& context, const Params& params);

  cache::Store& store() { return store_; }

  // Keeps a reference to this module, as if it had been found here.
  void hold(const ModulePointer& module);
  void hold(const std::vector<ModulePointer>& modules);

  // The same for the modules that the request's generate requested, in that order. Names of dependencies mean these
  // first.
  void hold_asked(const std::vector<ModulePointer>& modules);

  // The variant with this identity, among held modules and in memory.
  ModulePointer find_identity(const std::string& signature, const Digest& identity) const;

  // The module of the request, linked; nullptr when the cache has none, with its slot in `lookup`.
  ModulePointer find(const Request& request, cache::Lookup& lookup);

  // The newest cached module of this name with unchanged headers and dependencies, linked; nullptr when there is none.
  ModulePointer newest(const std::string& signature);

  // The modules that these names mean as dependencies of the requested module. They may be unfinished or have failed,
  // and are for the same kind of machine. For each name the first of: a module that the generate requested; the variant
  // in memory for the parameters of the request; the variant that this thread, or else any, used last, preferably with
  // the same build parameters; the cache's variant for the same parameters; a forgotten module that is still in use.
  // Throws GenerateFailed for a name that was never built, or is the module's own.
  Dependencies resolve(const Request& request, const std::vector<std::string>& dependencies);

  // Links an entry and remembers the module, unless it is loaded. The dependencies must be held or in memory.
  // `identity` and `bytes` are those of the entry, verified.
  ModulePointer link(const cache::Entry& entry, const Digest& identity, const SharedBytes& bytes);

  // Accepts an entry that another process sent: publishes it unless the cache has it, and links it. With `plans`, the
  // entry may be of an announced module.
  ModulePointer adopt(const cache::StoredEntry& sent, Plans* plans = nullptr);

 private:
  struct Wanted {
    std::string signature;
    Digest request;
    std::string request_text;        // empty when only the digest is known
    bool is_what_was_asked = false;  // whether it is the requested module
  };
  ModulePointer find(const Wanted& wanted, cache::Lookup& lookup);
  // One attempt. If `pending` is not empty, the result is not valid: these modules must be compiled first.
  ModulePointer find(const Wanted& wanted, cache::Lookup& lookup, std::vector<ModulePointer>& pending);

  // A module that the request's generate requested, preferably a variant with these build parameters.
  ModulePointer find_asked(const std::string& signature, const Digest& build) const;
  // The variant used last with this request or these build parameters, in memory or else held.
  ModulePointer find_request(const std::string& signature, const Digest& request) const;
  ModulePointer find_variant(const std::string& signature, const Digest& build) const;
  template <class Predicate>
  ModulePointer last_held(const std::string& signature, Predicate predicate) const;
  // The module that the name of a dependency means today, if it is in memory or held.
  ModulePointer find_meant(const Wanted& dependent, const cache::Dependency& dependency) const;
  ModulePointer find_otherwise(const std::string& name, const Request& named, const std::string& target);

  // The variants that an entry was built against. LinkFailed when one is neither held nor in memory.
  std::vector<ModulePointer> dependencies_of(const cache::Entry& entry) const;
  void check_expected(const Module& module, const cache::Entry& entry) const;
  ModulePointer find_or_publish(const cache::StoredEntry& sent, const Digest& identity, bool is_expected);

  Context& context_;
  const Params& params_;
  cache::Store& store_;
  std::string namespace_;  // memory_namespace() of the parameters
  std::vector<ModulePointer> asked_;
  std::map<std::string, std::vector<ModulePointer>> held_;  // by signature; the one found last is at the end
};

}  // namespace dijitso
