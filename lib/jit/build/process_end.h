// Ends the work of our threads when the process ends, before static objects are destroyed.
#pragma once

namespace dijitso {

// Registers `finish` to be called when the process ends. It returns when all threads of some kind have ended, and
// prevents new ones. Functions are called in reverse order of registration, possibly several times. Every thread that
// causes such work must call this, each time.
void finish_at_process_end(void (*finish)());

// Whether the process has begun to end.
bool process_is_ending();

}  // namespace dijitso
