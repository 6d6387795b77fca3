// Maintains the doubly linked list that the interface prescribes, newest entry first. Tested in
// unittests/orc/debugger_test.cpp.
#include "orc/debugger.h"

#include "support/fork.h"
#include "support/process.h"

#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>

#include <sstream>
#include <string>

extern "C" {
extern jit_descriptor __jit_debug_descriptor;
void __jit_debug_register_code();
}

namespace dijitso::orc {

namespace {

constinit forking::Mutex list_mutex;

// The debugger stops the process in __jit_debug_register_code() and then reads the list and the changed entry.
void notify_debugger(jit_actions_t action, jit_code_entry* entry) {
  __jit_debug_descriptor.action_flag = action;
  __jit_debug_descriptor.relevant_entry = entry;
  __jit_debug_register_code();
}

}  // namespace

DebuggerEntry::DebuggerEntry(Bytes object) : object_(std::move(object)), entry_(std::make_unique<jit_code_entry>()) {
  entry_->symfile_addr = reinterpret_cast<const char*>(object_.data());
  entry_->symfile_size = object_.size();
  const Lock lock(list_mutex);
  auto*& first = __jit_debug_descriptor.first_entry;
  entry_->next_entry = first;
  if (first) first->prev_entry = entry_.get();
  first = entry_.get();
  notify_debugger(JIT_REGISTER_FN, entry_.get());
}

DebuggerEntry::~DebuggerEntry() {
  const Lock lock(list_mutex);
  auto* const previous = entry_->prev_entry;
  auto* const next = entry_->next_entry;
  (previous ? previous->next_entry : __jit_debug_descriptor.first_entry) = next;
  if (next) next->prev_entry = previous;
  notify_debugger(JIT_UNREGISTER_FN, entry_.get());
}

bool debugger_is_attached() {
  std::istringstream status(read_small_file("/proc/self/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("TracerPid:")) return line.find_first_of("123456789") != std::string::npos;
  }
  return false;
}

}  // namespace dijitso::orc
