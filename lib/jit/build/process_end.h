// Ends the work of our threads when the process ends, before static objects are destroyed.
#pragma once

namespace dijitso {

// Registers `finish`, which returns when the threads of some kind have ended and then starts no more of them, to be
// called when the process ends; what was registered last is called first, and it may be called several times. To be
// called by every thread that causes such work, each time.
void finish_at_process_end(void (*finish)());

// Whether the process has begun to end.
bool process_is_ending();

}  // namespace dijitso
