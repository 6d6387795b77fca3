// dlclose() for processes that fork.
//
// glibc's dlclose() waits until no thread is looking for a symbol. Each thread has a note of that, which lies in its
// stack; and for new threads of a child of fork() glibc takes the stacks of the threads that were left behind, as they
// are. When one of these was looking for a symbol in the moment of the fork, a thread of the child seems to do that for
// ever, and dlclose() never returns. So a child first gives these stacks back. Where it cannot, because it has
// several threads already when it comes to that, libraries stay open.
// Thread-safety: all functions may be called from any thread. Tested in tests/faults/fork_test.py.
#pragma once

namespace dijitso {

void close_library(void* handle);

// False when libraries stay open for now.
bool may_close_libraries();

// To be called by who is going to close libraries: from now on children give back the stacks as soon as they are born.
void prepare_to_close_libraries();

}  // namespace dijitso
