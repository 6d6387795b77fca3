// The precompiled headers of a Jit: found in the cache, or made.
//
// Headers that several modules of this process begin with are precompiled by the first module, before it is compiled;
// the others wait for that. This is known of the headers of FFC and DOLFIN; of others, once one module with them has
// been compiled. That one parses them. Afterwards a background thread of low priority precompiles them for later
// processes, unless a second module comes first and does that itself. Only one process of those that share a cache
// makes the same headers. Only headers with much text are stored. Nothing here reports errors: without precompiled
// headers compiles are only slower. Thread-safety: all functions may be called from any thread.
#pragma once

#include "cache/store/lookup.h"
#include "cache/store/store.h"
#include "compile/compiler.h"
#include "jit/build/background.h"
#include "support/fork.h"

#include <dijitso/build.h>
#include <sys/types.h>

#include <atomic>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dijitso {

class Preludes {
 public:
  explicit Preludes(cache::FileDigests& files);
  ~Preludes();

  // A module that is to be compiled. `store` is the one of precompiled headers and must live as long as the Preludes;
  // `build` is that of the Request.
  struct User {
    cache::Store& store;
    compilation::Compiler& compiler;
    const compilation::CompileRequest& compile;
    const Digest& build;
  };

  struct Found {
    std::shared_ptr<const compilation::Precompiled> headers = nullptr;  // nullptr: compile without
    bool is_being_made = false;  // by another thread, which calls `resume` at the end
  };

  // The precompiled headers that suit the plan of this compile. Missing ones are made now if several modules need them
  // and the compile has no limits, which hold for its own work only. While another thread makes them, waits for it;
  // with `resume`, does not wait. `resume` may run on any thread, even before this returns.
  Found find(const User& user, const std::function<void()>& resume = {});

  // Makes the headers of this compile, whether or not others are known to need them, and waits for a thread that does
  // the same. CacheError when they cannot be kept. Implemented in precompile.cpp.
  build::PrecompiledHeaders make_now(const User& user);

  // Call it when a module has been compiled without precompiled headers: they are made in the background.
  void note_parsed(const User& user);

  // Waits until nothing is being precompiled in the background.
  void wait();

 private:
  struct Job;
  struct Prelude;
  struct Reading;
  struct Making;
  using PreludePointer = std::shared_ptr<const Prelude>;
  using Result = std::shared_future<PreludePointer>;
  enum class State { usable, unknown, refused, cheap };
  enum class Made { here, by_other, later };

  // Finding: preludes.cpp
  State state_of(const PreludePointer& prelude) const;
  PreludePointer look(const Job& job);
  PreludePointer remembered(const Job& job);
  void remember(PreludePointer prelude) DIJITSO_REQUIRES(mutex_);
  PreludePointer read(const Job& job);
  Result begin_reading(const Job& job, const Result& result);
  PreludePointer read_once(const Job& job);
  void forget_if_forked() DIJITSO_REQUIRES(mutex_);

  // Making: make_preludes.cpp
  bool is_shared(const Job& job);
  Made make_once(const Job& job, const std::function<void()>& resume, PreludePointer& made);
  Making* begin_making(const Job& job, bool& stops_background) DIJITSO_REQUIRES(mutex_);
  void finish_making(const Job& job, const PreludePointer& made) noexcept;
  void start(Job job);
  void make_all(const std::atomic<bool>& stop);
  PreludePointer make(const Job& job, const std::atomic<bool>& stop, bool needs_claim);

  cache::FileDigests& files_;
  forking::Mutex mutex_;
  std::list<PreludePointer> known_ DIJITSO_GUARDED_BY(mutex_);  // most recently used first
  std::list<Reading> reading_ DIJITSO_GUARDED_BY(mutex_);
  std::set<Digest> parsed_ DIJITSO_GUARDED_BY(mutex_);   // preludes of modules that were compiled without
  std::list<Making> making_ DIJITSO_GUARDED_BY(mutex_);  // by modules that need them
  std::list<Job> wanted_ DIJITSO_GUARDED_BY(mutex_);     // in the background; the front one is being made
  bool is_making_ DIJITSO_GUARDED_BY(mutex_) = false;    // in the background
  Background running_ DIJITSO_GUARDED_BY(mutex_);
  pid_t owner_ DIJITSO_GUARDED_BY(mutex_);  // the process that has the thread; a child of fork() does not
};

}  // namespace dijitso
