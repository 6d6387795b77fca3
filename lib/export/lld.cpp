// When lld cannot read a file, it shuts LLVM down and ends the process from within any function. lldMain() turns this
// into a return, but with LLVM's crash recovery, which replaces the process's handlers of SIGSEGV and other signals. So
// two functions that lld calls are wrapped in this file (--wrap in CMakeLists.txt), and the second one jumps back to
// run_lld(). The skipped frames leak some hundred kilobytes; they need no other cleanup, and the next run starts with
// new state. Tested in unittests/export/lld/lld_test.cpp, unittests/export/shared_linker_test.cpp and
// tests/jit/host_state_test.cpp.

#include "export/lld.h"

#include "llvm-config/abandoned_locks.h"
#include "llvm-config/out_of_memory.h"

#include <lld/Common/CommonLinkerContext.h>
#include <lld/Common/Driver.h>
#include <llvm/Support/raw_ostream.h>

#include <csetjmp>

LLD_HAS_DRIVER(elf)

namespace {

thread_local std::jmp_buf* exit_jump = nullptr;  // of the run on this thread

// Resets the jump target however link() ends; when memory runs out, an exception passes through it.
struct ExitJump {
  explicit ExitJump(std::jmp_buf& target) { exit_jump = &target; }
  ExitJump(const ExitJump&) = delete;
  ExitJump& operator=(const ExitJump&) = delete;
  ~ExitJump() { exit_jump = nullptr; }
};

bool link(llvm::ArrayRef<const char*> arguments, llvm::raw_ostream& messages) {
  std::jmp_buf target;
  const ExitJump open(target);
  // volatile: the variable is read after a longjmp.
  volatile bool is_linked = false;
  if (setjmp(target) == 0) try {
      is_linked = lld::elf::link(arguments, messages, messages, /*exitEarly=*/false, /*disableOutput=*/false);
      lld::CommonLinkerContext::destroy();
    } catch (const dijitso::llvm_config::GaveUp& reason) {
      is_linked = false;
      messages << reason.what() << '\n';
    }
  return is_linked;
}

}  // namespace

// Replaces llvm::llvm_shutdown(), because the compiler in the same library continues to work.
extern "C" void __wrap__ZN4llvm13llvm_shutdownEv() {}

// Replaces llvm::sys::Process::Exit(int, bool).
extern "C" [[noreturn]] void __real__ZN4llvm3sys7Process4ExitEib(int code, bool no_cleanup);
extern "C" [[noreturn]] void __wrap__ZN4llvm3sys7Process4ExitEib(int code, bool no_cleanup) {
  if (exit_jump) std::longjmp(*exit_jump, 1);
  __real__ZN4llvm3sys7Process4ExitEib(code, no_cleanup);
}

bool dijitso::exporter::run_lld(const std::vector<std::string>& arguments, std::string& messages) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  llvm::raw_string_ostream stream(messages);
  const llvm_config::AbandonedLocks locks;
  return link(pointers, stream);
}
