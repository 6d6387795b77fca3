// The data that all requests of one Jit share.
#pragma once

#include "cache/store/lookup.h"
#include "cache/store/store.h"
#include "jit/build/tasks.h"
#include "jit/loaded/memory.h"
#include "jit/request/inflight.h"
#include "orc/session.h"
#include "support/fork.h"
#include "support/held_messages.h"

#include <dijitso/error.h>
#include <dijitso/jit.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace dijitso {

struct AtomicCounters {
  std::atomic<std::uint64_t> disk_hits{0}, compiles{0}, waits{0}, published{0}, fallbacks{0}, precompiled{0}, quick{0},
      optimized{0};
};

class Preludes;

class Context {
 public:
  Context();
  ~Context();

  Memory memory;
  Inflight inflight;
  cache::FileDigests files;
  const std::unique_ptr<Preludes> preludes;
  AtomicCounters counters;
  Tasks tasks;                  // on the pool
  Tasks held_for_optimization;  // modules that are to be optimised
  forking::LongMutex loading;   // one load from a cache at a time; a static constructor may call jit on the same thread

  // The store of these parameters, opened at the first call.
  cache::Store& store_for(const CacheParams& params);

  // The store of precompiled headers in the same directory. It reports no warnings: the store of store_for() does.
  cache::Store& precompiled_store_for(const CacheParams& params);

  // The linker session, made at the first call: that loads LLVM.
  orc::Session& session();

  // A compile that failed is not repeated while nothing has changed. `inputs` is the digest of all its inputs except
  // the headers on disk. These are `read`, which must be unchanged, and `absent`, which must still be missing.
  std::optional<CompileFailed> known_failure(const Digest& inputs);
  void remember_failure(const Digest& inputs, const CompileFailed& failure, std::vector<cache::ReadFile> read,
                        std::vector<cache::AbsentNames> absent);

  // Keeps warnings of tasks on the pool until a thread of the program calls in, which then reports them.
  void deliver_later(std::vector<log::Message> messages);
  void deliver_messages();

  // The handler that is called for each module that has been optimised. tell_optimized(nullptr) does nothing.
  void set_optimized_handler(std::function<void(const Library&)> handler);
  void tell_optimized(const ModulePointer& module);

  Counters snapshot();

  // Adds the counts to the usage records of the cache directories.
  void save_usage();

 private:
  struct Failure {
    CompileFailed exception;
    std::vector<cache::ReadFile> files;
    std::vector<cache::AbsentNames> absent;
  };
  forking::Mutex mutex_;
  std::vector<std::pair<CacheParams, std::unique_ptr<cache::Store>>> stores_ DIJITSO_GUARDED_BY(mutex_);
  std::shared_ptr<orc::Session> session_ DIJITSO_GUARDED_BY(mutex_);
  std::map<Digest, Failure> failures_ DIJITSO_GUARDED_BY(mutex_);
  std::vector<log::Message> messages_ DIJITSO_GUARDED_BY(mutex_);
  std::function<void(const Library&)> optimized_handler_ DIJITSO_GUARDED_BY(mutex_);
};

}  // namespace dijitso
