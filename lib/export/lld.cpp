// At a file that it cannot read, lld leaves from wherever it is: it shuts LLVM down and ends the process. lldMain()
// turns this into a return, but only by LLVM's crash recovery, which takes over SIGSEGV and other signals for the whole
// process, from runtimes that use them too. So lld's two calls are bound to functions of this file (--wrap in
// CMakeLists.txt), and the second one jumps back to run_lld(). The frames in between have no cleanup that matters: what
// they own is lost, some hundred kilobytes, and the next run begins with a state of its own.
// Tested in unittests/export/lld/lld_test.cpp, unittests/export/shared_linker_test.cpp and
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

thread_local std::jmp_buf* way_out = nullptr;  // of the run on this thread

// Closed whatever way link() is left: memory that runs out is an exception that passes through it.
struct WayOut {
  explicit WayOut(std::jmp_buf& here) { way_out = &here; }
  WayOut(const WayOut&) = delete;
  WayOut& operator=(const WayOut&) = delete;
  ~WayOut() { way_out = nullptr; }
};

bool link(llvm::ArrayRef<const char*> arguments, llvm::raw_ostream& messages) {
  std::jmp_buf here;
  const WayOut open(here);
  // volatile: it is read after a jump.
  volatile bool is_linked = false;
  if (setjmp(here) == 0) try {
      is_linked = lld::elf::link(arguments, messages, messages, /*exitEarly=*/false, /*disableOutput=*/false);
      lld::CommonLinkerContext::destroy();
    } catch (const dijitso::llvm_config::GaveUp& reason) {
      is_linked = false;
      messages << reason.what() << '\n';
    }
  return is_linked;
}

}  // namespace

// llvm::llvm_shutdown(): the compiler beside the linker goes on.
extern "C" void __wrap__ZN4llvm13llvm_shutdownEv() {}

// llvm::sys::Process::Exit(int, bool)
extern "C" [[noreturn]] void __real__ZN4llvm3sys7Process4ExitEib(int code, bool no_cleanup);
extern "C" [[noreturn]] void __wrap__ZN4llvm3sys7Process4ExitEib(int code, bool no_cleanup) {
  if (way_out) std::longjmp(*way_out, 1);
  __real__ZN4llvm3sys7Process4ExitEib(code, no_cleanup);
}

bool dijitso::exporter::run_lld(const std::vector<std::string>& arguments, std::string& messages) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  llvm::raw_string_ostream stream(messages);
  const llvm_config::AbandonedLocks locks;
  return link(pointers, stream);
}
