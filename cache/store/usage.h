// Counts in memory how often this process uses one cache directory, and sometimes adds the counts to the records in
// stats/.
//
// Counting accesses no file: a hit in memory is one atomic addition. A process that publishes saves at once. One that
// only reads saves at most every ten seconds, and at the end of its Jit, so a process that is killed loses little. A
// process that never used a directory writes nothing. No function here waits or fails. After fork() the child starts
// counting again at its first use of the directory. Thread-safety: all functions may be called from any thread. Tested
// in unittests/cache/usage_test.cpp and tests/faults/usage_test.py.
#pragma once

#include "cache/store/usage_records.h"
#include "support/lock.h"

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace dijitso::cache {

class Usage {
 public:
  explicit Usage(Directory& directory);

  void memory_hit() { count(Use::memory_hits).fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t memory_hits() const { return counts_[0].load(std::memory_order_relaxed); }

  // Counts anything except a hit in memory.
  void add(Use use, std::uint64_t amount = 1) noexcept;
  void disk_hit(double seconds_saved) noexcept;
  void compiled(double seconds) noexcept;
  void optimized(double seconds) noexcept;  // a module that was compiled quickly before

  // Adds the counts that are not saved yet to the records.
  void save() noexcept;

 private:
  std::atomic<std::uint64_t>& count(Use use) { return counts_[static_cast<std::size_t>(use)]; }
  UseCounts now() const;
  void begin_anew_after_fork() noexcept;

  Directory& directory_;
  std::array<std::atomic<std::uint64_t>, use_count> counts_{};
  std::atomic<pid_t> owner_;
  std::atomic<std::chrono::steady_clock::time_point> last_saved_;

  PlainMutex mutex_;  // only try_lock(): after fork() the thread that holds it may not exist
  UseCounts saved_ DIJITSO_GUARDED_BY(mutex_){};
  bool uses_disk_ DIJITSO_GUARDED_BY(mutex_) = false;
};

}  // namespace dijitso::cache
