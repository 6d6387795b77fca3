// The precompiled headers of a Jit: found in the cache, or made.
//
// Headers that several modules begin with are precompiled by a module that needs them, as the first step of its
// compile. For the headers of FFC and DOLFIN it is the first module; for others, the second one, in this process or a
// later one, because the first leaves a mark in the cache. Other modules of the process that need the same headers
// meanwhile wait. Only one process of those that share a cache makes the same headers. Only headers with much text are
// stored. Nothing here reports errors: without precompiled headers compiles are only slower. Thread-safety: all
// functions may be called from any thread.
#pragma once

#include "cache/format/precompiled.h"
#include "cache/store/lookup.h"
#include "cache/store/store.h"
#include "compile/compiler.h"
#include "support/fork.h"

#include <dijitso/build.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <memory>

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

  // The precompiled headers that suit the plan of this compile. Missing ones are made now, within the limits of the
  // compile, if another module has needed them or is known to follow. While another thread makes them, waits for it;
  // with `resume`, does not wait. `resume` may run on any thread, even before this returns.
  Found find(const User& user, const std::function<void()>& resume = {});

  // Makes the headers of this compile, whether or not others are known to need them, and waits for a thread that does
  // the same. CacheError when they cannot be kept. Implemented in precompile.cpp.
  build::PrecompiledHeaders make_now(const User& user);

  // Call it when a module has been compiled without precompiled headers: the next module that needs them, in any
  // process, makes them.
  void note_parsed(const User& user, const compilation::CompileResult& result);

 private:
  struct Job;
  struct Prelude;
  struct Reading;
  struct Making;
  using PreludePointer = std::shared_ptr<const Prelude>;  // nullptr: nothing is known of it
  using Result = std::shared_future<PreludePointer>;
  enum class Made { here, by_other, later };

  // Finding: preludes.cpp
  PreludePointer look(const Job& job);
  PreludePointer remembered(const Job& job);
  void remember(PreludePointer prelude) DIJITSO_REQUIRES(mutex_);
  PreludePointer read(const Job& job);
  PreludePointer from_lookup(const Job& job, const cache::Lookup& lookup);
  cache::Lookup look_up(const Job& job);
  static bool take_from_entry(Prelude& prelude, const SharedBytes& entry);
  Result begin_reading(const Job& job, const Result& result);
  PreludePointer read_once(const Job& job);
  void forget_if_forked() DIJITSO_REQUIRES(mutex_);

  // Making: make_preludes.cpp
  static bool needs_making(const Job& job, const PreludePointer& prelude);
  Made make_once(const Job& job, const std::function<void()>& resume, PreludePointer& made);
  Making* begin_making(const Job& job) DIJITSO_REQUIRES(mutex_);
  void finish_making(const Job& job, const PreludePointer& made) noexcept;
  PreludePointer make(const Job& job);
  void mark_as_seen(const Job& job);
  void publish(const Job& job, const cache::Slot& slot, Prelude& prelude, bool replaces);

  cache::FileDigests& files_;
  forking::Mutex mutex_;
  std::list<PreludePointer> known_ DIJITSO_GUARDED_BY(mutex_);  // most recently used first
  std::list<Reading> reading_ DIJITSO_GUARDED_BY(mutex_);
  std::list<Making> making_ DIJITSO_GUARDED_BY(mutex_);
  pid_t owner_ DIJITSO_GUARDED_BY(mutex_);  // the process whose threads read and make
};

}  // namespace dijitso
