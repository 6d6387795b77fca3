// The threads that compile: one pool for the whole process, because cores belong to the process and not to a Jit.
//
// There are two queues. Tasks that somebody waits for run first, in the order of submission. Tasks that nobody waits
// for run after them; one that has waited longer than its patience takes turns with the first queue. A task may wait
// for a task that has begun. While it waits for one that has not, it must give its place away (PlaceGiven), because
// otherwise that task might never get one.
// At the end of the process all submitted tasks are still run (process_end.h). Thread-safety: all functions may be
// called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace dijitso::pool {

enum class Urgency { awaited, meanwhile };

// Short compared with cache.claim_timeout (60 s), because another process may wait for the result of the task so long.
constexpr std::chrono::milliseconds default_patience = std::chrono::seconds(5);

// Runs `task`, which must not throw, when fewer than `most` tasks are running; for Urgency::meanwhile one less, so that
// the program keeps a core. The caller runs it at once when the caller is a task that would wait for it, when the
// system gives no thread, or when the process is ending.
void submit(std::function<void()> task, Urgency urgency, std::size_t most,
            std::chrono::milliseconds patience = default_patience);

// Runs `task` like an awaited one that is submitted now, but never on this thread while the pool has another: for a
// task that has ended early because it had to wait for something, and goes on now.
void resume(std::function<void()> task, std::size_t most);

// While it lives, the task of this thread does not count as running, so that another task can run. Does nothing on
// other threads.
class PlaceGiven {
 public:
  PlaceGiven();
  ~PlaceGiven();
  PlaceGiven(const PlaceGiven&) = delete;
  PlaceGiven& operator=(const PlaceGiven&) = delete;
};

// Whether the process is ending. Submitted tasks still run, but only other processes will use their results.
bool is_ending();

}  // namespace dijitso::pool
