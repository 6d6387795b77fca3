// Tells a debugger of linked code, by the interface that GDB defines and LLDB knows too: a list of object files in
// memory, and a function at which the debugger stops the process to read the list.
//
// The list and the function are LLVM's (__jit_debug_descriptor, __jit_debug_register_code): a debugger looks for
// these names in every loaded library. LLVM's own plugin for this is not used, because it never takes an object off
// the list again. Thread-safety: all functions may be called from any thread; another user of LLVM in this process
// that registers objects at the same moment is not excluded, for LLVM offers no lock. Tested in
// unittests/orc/debugger_test.cpp and, with gdb, in tests/debug.
#pragma once

#include "support/bytes.h"

#include <memory>

struct jit_code_entry;

namespace dijitso::orc {

// An object file on the list, from construction to destruction.
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

// Whether a debugger (or another tracer, as strace) watches this process at the moment.
bool debugger_is_attached();

}  // namespace dijitso::orc
