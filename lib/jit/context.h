// What all requests of one Jit share.
#pragma once

#include "cache/lookup.h"
#include "cache/store.h"
#include "jit/inflight.h"
#include "jit/memory.h"
#include "jit/preludes.h"
#include "jit/tasks.h"
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

class Context {
 public:
  Memory memory;
  Inflight inflight;
  cache::FileDigests files;
  AtomicCounters counters;
  Tasks tasks;                  // on the pool
  Tasks held_for_optimization;  // modules that are to be optimised
  forking::LongMutex loading;   // one load from a cache at a time; a static constructor may call jit on the same thread

  // The store of these parameters, opened at the first call.
  cache::Store& store_for(const CacheParams& params);

  // The store of precompiled headers in the same directory. It never warns, as store_for() warns of the same troubles.
  cache::Store& precompiled_store_for(const CacheParams& params);

  // The linker session, made at the first call: that loads LLVM.
  orc::Session& session();

  // A compile that failed before fails again without being run: `inputs` is the digest of all that goes into it but the
  // headers on disk: `files`, which must be as they were, and `absent`, which must not be there.
  std::optional<CompileFailed> known_failure(const Digest& inputs);
  void remember_failure(const Digest& inputs, const CompileFailed& failure, std::vector<cache::ReadFile> files,
                        std::vector<cache::AbsentNames> absent);

  // What work that nobody waits for has to say, until a thread of the program comes by.
  void say_later(std::vector<log::Message> messages);
  void deliver_messages();

  // Who wants to hear of modules that have been optimised; nullptr as module does nothing.
  void set_optimized_handler(std::function<void(const Library&)> handler);
  void tell_optimized(const ModulePointer& module);

  Counters snapshot();

  // Adds what has been counted to the records of the cache directories.
  void save_usage();

 private:
  struct Failure {
    CompileFailed exception;
    std::vector<cache::ReadFile> files;
    std::vector<cache::AbsentNames> absent;
  };
  forking::Mutex mutex_;
  std::vector<std::pair<CacheParams, std::unique_ptr<cache::Store>>> stores_;
  std::shared_ptr<orc::Session> session_;
  std::map<Digest, Failure> failures_;
  std::vector<log::Message> messages_;
  std::function<void(const Library&)> optimized_handler_;

 public:
  Preludes preludes{files};  // last: ends before the stores
};

}  // namespace dijitso
