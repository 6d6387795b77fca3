// dlclose() for processes that fork.
//
// glibc's dlclose() waits until no thread is looking up a symbol. Each thread records such a lookup in its stack, and a
// forked child reuses the stacks of its parent's threads unchanged for its own new threads. If a thread of the parent
// was looking up a symbol at the time of the fork, a thread of the child seems to do so forever, and dlclose() never
// returns. So a child first frees these stacks. If it cannot, because it already has several threads, libraries stay
// open. Thread-safety: all functions may be called from any thread. Tested in tests/faults/fork_test.py.
#pragma once

namespace dijitso {

void close_library(void* handle);

// Returns false when libraries must stay open for now.
bool may_close_libraries();

// Call it before libraries are closed: from then on, each forked child frees the stacks at its start.
void prepare_to_close_libraries();

}  // namespace dijitso
