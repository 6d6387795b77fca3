// Precompiled headers of a Jit: used when they are there, made in the background when they are not.
//
// The first module that begins with some headers is compiled without waiting; meanwhile a thread of its own compiles
// the headers alone, for all that come later, in this process or another (cache/precompiled.h). Only one process of
// those that share a cache does it, and only one thread of a process at a time. Nothing of it is ever an error: without
// precompiled headers everything is the same, but slower. Thread-safety: all functions may be called from any thread.
#pragma once

#include "cache/lookup.h"
#include "cache/store.h"
#include "compile/compiler.h"
#include "jit/key.h"

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
  explicit Preludes(cache::FileDigests& files) : files_(files) {}
  ~Preludes() { wait(); }

  // What this compile may use; nullptr when it is not there, or has no use. `store` is that of precompiled headers, and
  // must live as long as this.
  std::shared_ptr<const compile::Precompiled> find(cache::Store& store, compile::Compiler& compiler,
                                                   const compile::CompileRequest& compile, const Request& request);

  // Until nothing is being made.
  void wait();

 private:
  struct Job;
  struct Prelude {
    Digest digest;
    cache::Store* store;
    std::shared_ptr<const compile::Precompiled> precompiled;  // nullptr: it cannot be precompiled
    std::vector<cache::ReadFile> files;
  };
  Prelude* remembered(const Digest& digest, const cache::Store& store);
  void remember(Prelude prelude);
  std::shared_ptr<const compile::Precompiled> read(const cache::Lookup& place, const Job& job);
  void start(Job job);
  void make(const Job& job);

  cache::FileDigests& files_;
  std::mutex mutex_;
  std::list<Prelude> known_;  // the one used last in front
  std::shared_future<void> running_;
  pid_t owner_ = 0;  // the process in which it runs: a child after fork() has no such thread
};

}  // namespace dijitso
