// The code of one module in memory: its exports, and running its static constructors and destructors.
//
// The linker's graph passes fill it in. The module's __dso_handle holds the address of this object, so a destructor
// that the code registers (__cxa_atexit) finds its module without a table. The ORC runtime's dlopen and dlclose are not
// used for three reasons: closing a module there runs the destructors of dependencies that are still in use, atexit()
// registers with the runtime itself, and an exception in a constructor leaves a lock held. Tested in
// unittests/orc/lifetime_test.cpp.
#pragma once

#include "orc/debugger.h"
#include "orc/exports.h"
#include "orc/mapped_code.h"
#include "orc/session.h"
#include "orc/tls.h"
#include "support/fork.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dijitso::orc {

// An array of function pointers in the linked code, such as .init_array.
struct FunctionArray {
  std::uintptr_t address = 0;
  std::size_t count = 0;
  bool backwards = false;
};

class Code {
 public:
  explicit Code(std::shared_ptr<CodeSpace> space) : memory(std::move(space)) {}

  MappedCode memory;

  // Filled in by the graph passes.
  Exports exports;
  std::unordered_map<std::string, std::uintptr_t>
      redirects;  // quick code only: address of the word through which the stub of `f` jumps
  std::vector<std::uintptr_t> chosen_functions;  // ifuncs: words with resolver addresses, replaced by the results
  std::vector<FunctionArray> constructors;       // in the order in which they run
  std::vector<FunctionArray> destructors;
  TlsImage tls;

  // Set when the code is mapped, if it has debug information.
  std::optional<DebuggerEntry> debugger;

  // Set before any code runs. A thread keeps it alive while it has objects to destroy.
  std::weak_ptr<const LinkedModule> owner;
  // Set when a thread has objects to destroy but the module is being destroyed: the code must stay mapped.
  std::atomic<bool> keep_mapped = false;
  // Set when the code called pthread_atfork, with the address of this object as the library's handle.
  std::atomic<bool> has_fork_handlers = false;

  // Calls the resolvers of ifuncs. Must run before any other code of the module.
  void choose_functions();

  // Lets an exception of a constructor pass.
  void run_constructors();

  // Runs the registered destructors, last first; before them the destructor functions, if all constructors ran. The
  // second call does nothing.
  void run_destructors() noexcept;

  void at_exit(void (*function)(void*), void* argument);

  // Makes the stubs of quick code jump to the functions with the same names in `optimised`.
  void redirect_to(std::unique_ptr<Code> optimised);
  bool is_redirected() const;

  // Whether the address is in this code or in the optimised code.
  bool contains(std::uintptr_t address) const;

 private:
  struct AtExit {
    void (*function)(void*);
    void* argument;
  };

  std::atomic<bool> constructed_ = false;
  mutable forking::Mutex mutex_;
  std::vector<AtExit> at_exit_ DIJITSO_GUARDED_BY(mutex_);
  std::unique_ptr<Code> optimised_ DIJITSO_GUARDED_BY(mutex_);
};

}  // namespace dijitso::orc
