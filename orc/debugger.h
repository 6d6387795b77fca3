// Announces linked code to a debugger, with the interface that GDB defines and LLDB supports too: a list of object
// files in memory, and a function in which the debugger stops the process to read the list.
//
// LLVM provides the list and the function (__jit_debug_descriptor, __jit_debug_register_code); a debugger looks for
// these names in every loaded library. LLVM's own plugin is not used, because it never removes an object from the list.
// Thread-safety: all functions may be called from any thread. They do not exclude other users of LLVM in this process
// that register objects at the same time, because LLVM offers no lock. Tested in unittests/orc/debugger_test.cpp and,
// with gdb, in tests/debug.
#pragma once

#include "support/bytes.h"

#include <memory>

struct jit_code_entry;

namespace dijitso::orc {

// An entry of the list: it is registered from construction to destruction.
class DebuggerEntry {
 public:
  explicit DebuggerEntry(Bytes object);
  ~DebuggerEntry();
  DebuggerEntry(const DebuggerEntry&) = delete;
  DebuggerEntry& operator=(const DebuggerEntry&) = delete;

 private:
  const Bytes object_;
  const std::unique_ptr<jit_code_entry> entry_;
};

// Whether a debugger or another tracer (strace) is attached to this process now.
bool debugger_is_attached();

}  // namespace dijitso::orc
