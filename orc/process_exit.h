// Handlers for the end of the process. Tested in tests/faults/process_exit_test.py.
#pragma once

namespace dijitso::orc {

// Replaces std::atexit, which has no effect in this library. Returns 0 when the function was registered.
int at_process_exit(void (*function)());

}  // namespace dijitso::orc
