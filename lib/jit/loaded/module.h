// The module behind a Library: its code, and what is needed to build and send modules that depend on it.
//
// A module is made when it has been found in the cache, or has been generated and its compile begins. The plain members
// are known from the beginning and do not change. The state holds the progress of the build; the functions wait for it,
// and throw the error of a failed build. The first thread that wants the code links it. Thread-safety: the functions
// may be called from any thread.
#pragma once

#include "jit/loaded/module_state.h"
#include "orc/session.h"
#include "support/bytes.h"
#include "support/fork.h"
#include "support/hash.h"

#include <dijitso/params.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dijitso {

namespace cache {
class Usage;
}

class Context;
class Library;
class Module;
using ModulePointer = std::shared_ptr<const Module>;

// The modules that the names of dependencies mean, without duplicates, and for each the request that its name meant
// first: the one of `generate`, or the one that the parameters of the dependent give.
struct Dependencies {
  std::vector<ModulePointer> modules;
  std::vector<Digest> meant;
};

struct ModuleFacts {
  std::string signature;
  std::string name_space;                   // memory_namespace(): the cache, and the way of loading
  Digest request;                           // cache::Entry: digest of the request text
  Digest build;                             // of the build parameters
  std::string target;                       // kind of machine, from target_of()
  std::string header;                       // dependents are compiled against it
  std::vector<ModulePointer> dependencies;  // direct ones
  std::vector<Digest> meant = {};           // see Dependencies; empty when unknown, as for an entry from a cache
  cache::Usage* usage = nullptr;            // counts the requests that it answers; lives as long as the Context
};

class Module : public ModuleFacts, public std::enable_shared_from_this<Module> {
 public:
  // Kept until the module has been linked, if it was built here. `requested_meanwhile` are modules that its generate
  // requested; they must be ready when it is.
  struct Unlinked {
    std::shared_ptr<Context> context;
    CacheParams cache;
    std::vector<ModulePointer> requested_meanwhile;
  };

  Module(ModuleFacts facts, std::shared_ptr<ModuleState> state, Unlinked unlinked = {});
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module();

  const std::shared_ptr<ModuleState> state;
  const std::uint64_t number;  // unique (last_used.h)

  // Waits for the stage. In a child of fork(), restarts a compile that the parent had begun.
  void wait_for(Stage stage) const;

  // The digest of everything that determines the code. Known once the module has been compiled.
  const Digest& identity() const;
  bool is_compiled() const { return state->stage() >= Stage::compiled; }

  // The bytes of the entry file, with the optimised object. Waits for it; InvalidArgument when it is never made.
  const SharedBytes& entry() const;
  bool is_optimized() const { return state->stage() == Stage::optimised; }

  // The text of the prototypes, which docs/cache-format.md describes. Waits until the module has been compiled.
  std::string prototypes() const;

  // The code, linked at the first call. It may be quick code whose stubs jump to optimised code later.
  const CodePointer& code() const;
  bool is_linked() const { return linked_.load(std::memory_order_acquire); }

  // Whether code() has thrown.
  bool failure_is_known() const { return failure_is_known_; }

  // Sets the code. Called once, by the function that links the module (linking.h, loader.h).
  void set_code(CodePointer code) const;

  // nullptr when the module has been linked, or is linked elsewhere (loader.h).
  std::shared_ptr<const Unlinked> unlinked() const;

 private:
  mutable forking::Mutex mutex_;
  mutable std::shared_ptr<const Unlinked> unlinked_ DIJITSO_GUARDED_BY(mutex_);
  mutable CodePointer code_;  // does not change once linked_ is true
  mutable std::atomic<bool> linked_ = false;
  mutable std::atomic<bool> failure_is_known_ = false;
};

// The module of a Library. InvalidArgument when the Library is empty.
const ModulePointer& module_of(const Library& library);

// The namespace of modules: one cache directory and one way of loading. Modules of different namespaces are
// independent.
std::string memory_namespace(const CacheParams& params);

// Whether a namespace is one of those of a cache directory.
bool is_namespace_of(const std::string& name_space, const std::string& cache_dir);

// `roots` and everything they depend on, without duplicates, dependencies first. Leaves out modules for which `skip`
// holds, and what only these depend on.
std::vector<ModulePointer> closure(const std::vector<ModulePointer>& roots,
                                   const std::function<bool(const Module&)>& skip = {});

}  // namespace dijitso
