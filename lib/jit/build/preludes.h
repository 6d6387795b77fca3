// The precompiled headers of a Jit: used when the cache has them, otherwise made in the background.
//
// The first module that begins with some headers is compiled without waiting. Meanwhile a background thread precompiles
// the headers for later modules, in this process or another (cache/format/precompiled.h). Only one process of those
// that share a cache does that, and only one thread of a process at a time; further requests wait in a list. Only
// headers with much text are stored. Nothing here reports errors: without precompiled headers compiles are only slower.
// Thread-safety: all functions may be called from any thread.
#pragma once

#include "cache/store/lookup.h"
#include "cache/store/store.h"
#include "compile/compiler.h"
#include "jit/build/background.h"
#include "jit/request/key.h"
#include "support/fork.h"

#include <sys/types.h>

#include <cstdint>
#include <future>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace dijitso {

class Preludes {
 public:
  explicit Preludes(cache::FileDigests& files);
  ~Preludes();

  // The precompiled headers that suit the plan of this compile; nullptr when there are none. `store` is the one of
  // precompiled headers and must live as long as this object. With `may_begin`, missing ones are made in the
  // background.
  std::shared_ptr<const compilation::Precompiled> find(cache::Store& store, compilation::Compiler& compiler,
                                                       const compilation::CompileRequest& compile,
                                                       const Request& request, bool may_begin = true);

  // Waits until nothing is being precompiled.
  void wait();

 private:
  struct Job;
  struct Prelude;
  struct Reading;
  using Result = std::shared_future<std::shared_ptr<const Prelude>>;
  enum class State { usable, unknown, refused, cheap };
  struct Answer {
    State state = State::unknown;
    std::shared_ptr<const compilation::Precompiled> precompiled;
  };

  Answer look(const Job& job);
  std::shared_ptr<const Prelude> remembered(const Job& job);
  void remember(std::shared_ptr<const Prelude> prelude) DIJITSO_REQUIRES(mutex_);
  std::shared_ptr<const Prelude> read(const Job& job);
  Result begin_reading(const Job& job, const Result& result);
  std::shared_ptr<const Prelude> read_once(const Job& job);
  void start(Job job);
  void make_all(const std::atomic<bool>& stop);
  std::shared_ptr<const Prelude> make(const Job& job, const std::atomic<bool>& stop);
  void forget_if_forked() DIJITSO_REQUIRES(mutex_);

  cache::FileDigests& files_;
  forking::Mutex mutex_;
  std::list<std::shared_ptr<const Prelude>> known_ DIJITSO_GUARDED_BY(mutex_);  // most recently used first
  std::list<Reading> reading_ DIJITSO_GUARDED_BY(mutex_);
  std::list<Job> wanted_ DIJITSO_GUARDED_BY(mutex_);  // the front one is being made
  bool is_making_ DIJITSO_GUARDED_BY(mutex_) = false;
  Background running_ DIJITSO_GUARDED_BY(mutex_);
  pid_t owner_ DIJITSO_GUARDED_BY(mutex_);  // the process that has the thread; a child of fork() does not
};

}  // namespace dijitso
