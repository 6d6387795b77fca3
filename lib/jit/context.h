// What all requests of one Jit share.
#pragma once

#include "cache/lookup.h"
#include "cache/store.h"
#include "jit/inflight.h"
#include "jit/memory.h"
#include "jit/preludes.h"
#include "jit/tasks.h"
#include "orc/session.h"

#include <dijitso/error.h>
#include <dijitso/jit.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace dijitso {

struct AtomicCounters {
  std::atomic<std::uint64_t> memory_hits{0}, disk_hits{0}, compiles{0}, waits{0}, published{0}, fallbacks{0},
      precompiled{0};
};

class Context {
 public:
  Memory memory;
  Inflight inflight;
  cache::FileDigests files;
  AtomicCounters counters;
  Tasks tasks;
  std::recursive_mutex
      loading;  // one load from a cache at a time; a static constructor may call jit on the same thread

  // The store of these parameters, opened at the first call.
  cache::Store& store_for(const CacheParams& params);

  // The store of precompiled headers in the same directory. Its troubles are those of the other one, which tells them.
  cache::Store& precompiled_store_for(const CacheParams& params);

  // The linker session, made at the first call: that loads LLVM.
  orc::Session& session();

  // A compile that failed before fails again without being run: `inputs` is the digest of all that goes into it but the
  // headers on disk, `files`, which must be as they were.
  std::optional<CompileFailed> known_failure(const Digest& inputs);
  void remember_failure(const Digest& inputs, const CompileFailed& failure, std::vector<cache::ReadFile> files);

  Counters snapshot();

 private:
  struct Failure {
    CompileFailed exception;
    std::vector<cache::ReadFile> files;
  };
  std::mutex mutex_;
  std::vector<std::pair<CacheParams, std::unique_ptr<cache::Store>>> stores_;
  std::shared_ptr<orc::Session> session_;
  std::map<Digest, Failure> failures_;

 public:
  Preludes preludes{files};  // last: ends before the stores
};

}  // namespace dijitso
