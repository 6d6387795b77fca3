// The threads that compile: one pool for the whole process, for cores belong to the process and not to a Jit.
//
// Work that somebody waits for is done first, in the order in which it was submitted; what can be done meanwhile comes
// after it, but does not wait for ever: one that has waited longer than its patience is the next but one. A task may
// wait for tasks that were submitted before it in the same line, never for later ones: so there is always one that can
// go on. At the end of the process everything that was submitted is still done (process_end.h). Thread-safety: all
// functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace dijitso::pool {

enum class Urgency { awaited, meanwhile };

// Other processes may be waiting for what is done meanwhile, and do so for cache.claim_timeout (60 s) at most.
constexpr std::chrono::milliseconds default_patience = std::chrono::seconds(5);

// Runs `task`, which must not throw, when fewer than `most` tasks are running; of those done meanwhile one less, so
// that a core is left for the program. It is run at once, by the caller, when the caller is a task itself and would
// wait for it, when the system has no thread to give, and when the process is ending.
void submit(std::function<void()> task, Urgency urgency, std::size_t most,
            std::chrono::milliseconds patience = default_patience);

// Whether the process is ending: what was submitted is still done, but its result serves other processes only.
bool is_ending();

}  // namespace dijitso::pool
