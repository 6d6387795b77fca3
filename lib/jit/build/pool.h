// The threads that compile: one pool for the whole process, for cores belong to the process and not to a Jit.
//
// There are two queues. Tasks that somebody waits for run first, in the order in which they were submitted. Tasks that
// nobody waits for run after them; one that has waited longer than its patience takes turns with the first queue. A
// task may wait for tasks that were submitted before it to the same queue, never for later ones, so one can always go
// on. At the end of the process everything that was submitted is still done (process_end.h). Thread-safety: all
// functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace dijitso::pool {

enum class Urgency { awaited, meanwhile };

// Other processes may wait for such a task after all, for cache.claim_timeout (60 s) at most.
constexpr std::chrono::milliseconds default_patience = std::chrono::seconds(5);

// Runs `task`, which must not throw, when fewer than `most` tasks are running; of those done meanwhile one less, so
// that a core is left for the program. It is run at once, by the caller, when the caller is a task itself and would
// wait for it, when the system has no thread to give, and when the process is ending.
void submit(std::function<void()> task, Urgency urgency, std::size_t most,
            std::chrono::milliseconds patience = default_patience);

// Whether the process is ending: submitted tasks still run, but their results serve other processes only.
bool is_ending();

}  // namespace dijitso::pool
