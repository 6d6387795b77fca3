// Precompiled headers of a Jit: used when they are there, made in the background when they are not.
//
// The first module that begins with some headers is compiled without waiting; meanwhile a thread of its own compiles
// the headers alone, for all that come later, in this process or another (cache/format/precompiled.h). Only one process
// of those that share a cache does it, and only one thread of a process at a time; what else is wanted meanwhile is
// made after it. They are kept when they are much text, and for the rest nothing is stored. Nothing of it is ever an
// error: without precompiled headers everything is the same, but slower. Thread-safety: all functions may be called
// from any thread.
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
#include <mutex>
#include <string>
#include <vector>

namespace dijitso {

class Preludes {
 public:
  explicit Preludes(cache::FileDigests& files);
  ~Preludes();

  // What this compile may use; nullptr when it is not there, or has no use. `store` is that of precompiled headers, and
  // must live as long as this. What is not there is made in the background, when `may_begin`.
  std::shared_ptr<const compile::Precompiled> find(cache::Store& store, compile::Compiler& compiler,
                                                   const compile::CompileRequest& compile, const Request& request,
                                                   bool may_begin = true);

  // Until nothing is being made.
  void wait();

 private:
  struct Job;
  struct Prelude;
  struct Reading;
  enum class State { usable, unknown, refused, cheap };
  struct Answer {
    State state = State::unknown;
    std::shared_ptr<const compile::Precompiled> precompiled;
  };

  Answer look(const Job& job);
  std::shared_ptr<const Prelude> remembered(const Job& job);
  void remember(std::shared_ptr<const Prelude> prelude);
  std::shared_ptr<const Prelude> read(const Job& job);
  std::shared_ptr<const Prelude> read_once(const Job& job);
  void start(Job job);
  void make_all(const std::atomic<bool>& stop);
  std::shared_ptr<const Prelude> make(const Job& job, const std::atomic<bool>& stop);
  void forget_if_forked();

  cache::FileDigests& files_;
  forking::Mutex mutex_;
  std::list<std::shared_ptr<const Prelude>> known_;  // the one used last in front
  std::list<Reading> reading_;
  std::list<Job> wanted_;  // what is being made in front
  bool is_making_ = false;
  Background running_;
  pid_t owner_;  // the process in which it runs: a child after fork() has no such thread
};

}  // namespace dijitso
