// How often this process uses one cache directory: counted in memory, and added to the records in stats/ now and then.
//
// Counting touches no file: a hit in memory is one atomic addition. Who publishes saves then and there, who only reads
// saves every ten seconds at most, and at the end of its Jit; so a process that is killed loses little. A process that
// never looked into a directory writes nothing. Nothing here waits, or fails, for whatever reason.
// After fork() the child counts anew from its first use of the directory. Thread-safety: all functions may be called
// from any thread. Tested in unittests/cache/usage_test.cpp and tests/faults/usage_test.py.
#pragma once

#include "cache/store/usage_records.h"

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace dijitso::cache {

class Usage {
 public:
  explicit Usage(Directory& directory);

  void memory_hit() { count(Use::memory_hits).fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t memory_hits() const { return counts_[0].load(std::memory_order_relaxed); }

  // Anything but a hit in memory.
  void add(Use use, std::uint64_t amount = 1) noexcept;
  void disk_hit(double seconds_saved) noexcept;
  void compiled(double seconds) noexcept;
  void optimized(double seconds) noexcept;  // what was compiled quickly

  // Adds what is new to the records.
  void save() noexcept;

 private:
  std::atomic<std::uint64_t>& count(Use use) { return counts_[static_cast<std::size_t>(use)]; }
  UseCounts now() const;
  void begin_anew_after_fork() noexcept;

  Directory& directory_;
  std::array<std::atomic<std::uint64_t>, use_count> counts_{};
  std::atomic<pid_t> owner_;
  std::atomic<std::chrono::steady_clock::time_point> last_saved_;

  std::mutex mutex_;  // only tried: after fork() nobody may be there to unlock it
  UseCounts saved_{};
  bool uses_disk_ = false;
};

}  // namespace dijitso::cache
