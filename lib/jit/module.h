// What a Library refers to: code, and what is needed to build and send modules that depend on it.
//
// A module is made when it has been found in the cache, or when it has been generated and its compile begins. So it may
// be unfinished: what is known of it from the beginning are the plain members; the functions wait for the rest, and
// throw what went wrong. Linking is done by the first thread that wants the code. Thread-safety: the functions may be
// called from any thread; the plain members do not change once the module is shared.
#pragma once

#include "orc/session.h"
#include "support/bytes.h"
#include "support/hash.h"

#include <dijitso/params.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dijitso {

namespace cache {
class Usage;
}

class Module;
using ModulePointer = std::shared_ptr<const Module>;
using CodePointer = std::shared_ptr<const orc::LinkedModule>;

// How an unfinished module becomes a finished one. Each function returns when that has happened, or throws.
class Unfinished {
 public:
  virtual ~Unfinished() = default;
  virtual void wait_until_compiled() = 0;
  virtual void wait_until_optimized() = 0;
  virtual void link() = 0;
  // Whether somebody has been thrown its failure already.
  virtual bool failure_is_known() const = 0;
  // Whether it is compiled, quickly, and will not be optimised. Waits for the compile.
  virtual bool stays_quick() = 0;
  // In a child of fork(): compiles here what was being compiled in the parent. Does nothing otherwise.
  virtual void continue_in_child() {}
  // In a child of fork(): whether its optimised code was still to come in the parent. It will not come here.
  virtual bool is_left_behind() { return false; }
  // Whether this thread may wait: not if it is the one that is to finish the module.
  virtual bool may_wait() const { return true; }
};

class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module();

  std::string signature;
  std::string scope;                        // memory_scope(): the cache it belongs to, and how it is loaded
  Digest request;                           // cache::Entry: digest of the request text
  Digest build;                             // of the build parameters
  std::string target;                       // the kind of machine that it is for, as target_of() gives it
  std::string header;                       // dependents are compiled against it
  std::vector<ModulePointer> dependencies;  // direct ones
  std::shared_ptr<Unfinished> unfinished;   // nullptr: nothing has to be waited for
  cache::Usage* usage = nullptr;            // where requests that it answers are counted; lives as long as the Context

  // Of all that determines the code. Known once the module has been compiled, at latest when it has been linked.
  const Digest& identity() const;
  bool is_compiled() const { return compiled_.load(std::memory_order_acquire); }

  // The entry file's bytes, which are also the optimised object. Known once that has been made; InvalidArgument when it
  // never is.
  const SharedBytes& entry() const;
  bool is_optimized() const { return optimized_.load(std::memory_order_acquire); }

  // What runs: linked at the first call. It may be quick code whose functions lead to optimised code later.
  const CodePointer& code() const;
  bool is_linked() const { return linked_.load(std::memory_order_acquire); }

  // Each to be called once, in this order, by whoever makes or finishes the module.
  void set_identity(const Digest& identity);
  void set_entry(SharedBytes entry);
  void set_code(CodePointer code);

 private:
  Digest identity_;
  SharedBytes entry_;
  CodePointer code_;
  std::atomic<bool> compiled_{false}, optimized_{false}, linked_{false};
};

// Modules of different scopes know nothing of each other: those of one cache directory, loaded in one way.
std::string memory_scope(const CacheParams& params);

// Whether a scope is one of those of a cache directory.
bool is_scope_of(const std::string& scope, const std::string& cache_dir);

// `roots` and everything they depend on, each once, dependencies first; without those for which `skip` holds, and what
// only they depend on.
std::vector<ModulePointer> closure(const std::vector<ModulePointer>& roots,
                                   const std::function<bool(const Module&)>& skip = {});

}  // namespace dijitso
