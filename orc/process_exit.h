// The end of the process, as this library takes part in it. Tested in tests/faults/process_exit_test.py.
#pragma once

namespace dijitso::orc {

// What std::atexit does, which has no effect in this library. 0 when the function has been registered.
int at_process_exit(void (*function)());

}  // namespace dijitso::orc
