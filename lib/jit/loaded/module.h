// What a Library refers to: code, and what is needed to build and send modules that depend on it.
//
// A module is made when it has been found in the cache, or when it has been generated and its compile begins. What is
// known of it from the beginning are the plain members; how far it has come since is its state, and the functions wait
// for that, and throw what went wrong. Linking is done by the first thread that wants the code. Thread-safety: the
// functions may be called from any thread; the plain members do not change once the module is shared.
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
class Module;
using ModulePointer = std::shared_ptr<const Module>;

// The modules that names of dependencies mean, each once, and of each the request that its name meant first: what
// `generate` asked for, or what the parameters of the module that needs it lead to.
struct Dependencies {
  std::vector<ModulePointer> modules;
  std::vector<Digest> meant;
};

struct ModuleFacts {
  std::string signature;
  std::string name_space;                   // memory_namespace(): the cache it belongs to, and how it is loaded
  Digest request;                           // cache::Entry: digest of the request text
  Digest build;                             // of the build parameters
  std::string target;                       // the kind of machine that it is for, as target_of() gives it
  std::string header;                       // dependents are compiled against it
  std::vector<ModulePointer> dependencies;  // direct ones
  std::vector<Digest> meant = {};           // Dependencies; empty when that is not known, as of an entry from a cache
  cache::Usage* usage = nullptr;            // where requests that it answers are counted; lives as long as the Context
};

class Module : public ModuleFacts, public std::enable_shared_from_this<Module> {
 public:
  // What is needed until the module has been linked, when it was built here. `requested_meanwhile` were asked for while
  // it was generated: they are to be ready when it is.
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
  const std::uint64_t number;  // of this module alone (last_used.h)

  // Waits. In a child of fork() what the parent was compiling is compiled here.
  void wait_for(Stage stage) const;

  // Of all that determines the code. Known once the module has been compiled.
  const Digest& identity() const;
  bool is_compiled() const { return state->stage() >= Stage::compiled; }

  // The entry file's bytes, which are also the optimised object. Known once that has been made; InvalidArgument when it
  // never is.
  const SharedBytes& entry() const;
  bool is_optimized() const { return state->stage() == Stage::optimised; }

  // What runs: linked at the first call. It may be quick code whose functions lead to optimised code later.
  const CodePointer& code() const;
  bool is_linked() const { return linked_.load(std::memory_order_acquire); }

  // Whether code() has thrown.
  bool failure_is_known() const { return failure_is_known_; }

  // The module has been linked. To be called once, by whoever does that (linking.h, loader.h).
  void set_code(CodePointer code) const;

  // nullptr when it has been linked, or somebody else does that.
  std::shared_ptr<const Unlinked> unlinked() const;

 private:
  mutable forking::Mutex mutex_;
  mutable std::shared_ptr<const Unlinked> unlinked_;
  mutable CodePointer code_;
  mutable std::atomic<bool> linked_ = false;
  mutable std::atomic<bool> failure_is_known_ = false;
};

// Modules of different namespaces know nothing of each other: those of one cache directory, loaded in one way.
std::string memory_namespace(const CacheParams& params);

// Whether a namespace is one of those of a cache directory.
bool is_namespace_of(const std::string& name_space, const std::string& cache_dir);

// `roots` and everything they depend on, each once, dependencies first; without those for which `skip` holds, and what
// only they depend on.
std::vector<ModulePointer> closure(const std::vector<ModulePointer>& roots,
                                   const std::function<bool(const Module&)>& skip = {});

}  // namespace dijitso
