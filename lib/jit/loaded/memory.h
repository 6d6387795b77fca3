// The modules that a Jit has loaded. A request with the same parameters as an earlier one is answered from here.
// Thread-safe; a hit takes only a shared lock.
//
// A name may have several variants. The "last" variant is the one that the calling thread used last; if it used none,
// the one that any thread used last.
#pragma once

#include "jit/loaded/identities.h"
#include "jit/loaded/module.h"
#include "support/fork.h"
#include "support/hash.h"

#include <dijitso/params.h>
#include <dijitso/peers.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dijitso {

class Memory {
 public:
  // The module that an equal request got. nullptr when there is none, when an environment variable of the compiler has
  // changed, or when the name of a dependency now means another variant.
  ModulePointer find(const std::string& signature, const Params& params);

  // The module of an equal key in the same cache directory, whatever the other parameters were. Of several variants,
  // the one that was linked to what its dependencies mean now.
  ModulePointer find(const std::string& signature, const Digest& request, const std::string& name_space);

  // The last variant of `signature`: with this request, with these build parameters, or of all.
  ModulePointer find_request(const std::string& signature, const Digest& request, const std::string& name_space) const;
  ModulePointer find_variant(const std::string& signature, const Digest& build, const std::string& name_space) const;
  ModulePointer find_variant(const std::string& signature, const std::string& name_space) const;

  // Whether `signature` has more than one variant, in any namespace.
  bool has_several(const std::string& signature) const;

  // Whether the names of all dependencies still mean the modules that this module was linked to, for the calling
  // thread.
  bool is_current(const ModulePointer& module) const;

  // The variant with exactly this identity.
  ModulePointer find_identity(const std::string& signature, const Digest& identity,
                              const std::string& name_space) const;

  // The same for a variant of any name; of equal ones, the one that any thread used last. And what there is of this
  // namespace. Neither looks at all modules.
  ModulePointer find_identity(const Digest& identity, const std::string& name_space) const;
  Peers::Likenesses likenesses(const std::string& name_space) const;

  // The modules of this name that `clear` forgot and that are still in use, the last one at the end.
  std::vector<ModulePointer> forgotten(const std::string& signature) const;

  // Remembers a module, as the last variant.
  void add(const ModulePointer& module);

  // A module that was added before is about to be compiled, and this is its identity.
  void note_identity(const ModulePointer& module, const Digest& identity);

  // Remembers that this module answers the request, unless the module has been forgotten meanwhile.
  void answer(const Params& params, const ModulePointer& module);

  // Forgets one module that could not be finished.
  void remove(const Module& module);

  void clear();
  // Forgets the modules of one cache directory only.
  void clear(const std::string& cache_dir);

 private:
  struct Known {
    struct Answer {
      Params params;
      std::uint64_t environment;  // environment.h
      ModulePointer module;
    };
    std::vector<Answer> answers;
    std::vector<ModulePointer> variants;  // the one that any thread used last is at the end
  };
  bool is_known(const ModulePointer& module) const DIJITSO_REQUIRES_SHARED(mutex_);
  bool is_meant(const Module& dependent, std::size_t dependency) const DIJITSO_REQUIRES_SHARED(mutex_);
  bool dependencies_are_meant(const ModulePointer& module) const DIJITSO_REQUIRES_SHARED(mutex_);
  Known& touch(const ModulePointer& module) DIJITSO_REQUIRES(mutex_);
  void note_forgotten(const std::vector<ModulePointer>& modules) DIJITSO_REQUIRES(mutex_);
  template <class Predicate>
  ModulePointer last_variant(const std::string& signature, Predicate predicate) const DIJITSO_REQUIRES_SHARED(mutex_);

  mutable forking::SharedMutex mutex_;
  std::unordered_map<std::string, Known> known_ DIJITSO_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Identities> identities_ DIJITSO_GUARDED_BY(mutex_);  // by namespace
  std::unordered_map<std::string, std::vector<std::weak_ptr<const Module>>> forgotten_ DIJITSO_GUARDED_BY(mutex_);
  std::atomic<bool> several_variants_{false};  // of any signature
};

}  // namespace dijitso
