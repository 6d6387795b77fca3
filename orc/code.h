// The code of one module in memory: what it exports, and the running of its static constructors and destructors.
//
// The linker's graph passes fill it in. Its address is what the module's __dso_handle holds, so that a destructor that
// the code registers (__cxa_atexit) finds its module without a table. The ORC runtime's dlopen and dlclose are not
// used: closing a module there runs the destructors of modules it depends on that are still in use, atexit() lands in
// the runtime itself, and an exception in a constructor leaves its lock held. Tested in
// unittests/orc/lifetime_test.cpp.
#pragma once

#include "orc/debugger.h"
#include "orc/session.h"
#include "orc/tls.h"
#include "support/fork.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dijitso::orc {

// An array of function pointers in the linked code, as .init_array is.
struct FunctionArray {
  std::uintptr_t address = 0;
  std::size_t count = 0;
  bool backwards = false;
};

struct Export {
  std::uintptr_t value = 0;  // address; of a thread-local variable, the offset in the image
  bool thread_local_variable = false;
};

class Code {
 public:
  // What the graph passes record.
  std::unordered_map<std::string, Export> exports;
  std::unordered_map<std::string, std::uintptr_t>
      redirects;                                 // of quick code: where the word lies that `f` jumps through
  std::vector<std::uintptr_t> chosen_functions;  // words that hold the addresses of resolvers, to be replaced by
                                                 // what these return
  std::vector<FunctionArray> constructors;       // in the order of running
  std::vector<FunctionArray> destructors;
  TlsImage tls;
  std::uintptr_t begin = 0;  // all of the code and data lies in [begin, end), but for optimised code that came later
  std::uintptr_t end = 0;

  // Set once the code is mapped, when it has debug information.
  std::optional<DebuggerEntry> debugger;

  // Set before any code runs: what a thread keeps alive while it has objects to destroy.
  std::weak_ptr<const LinkedModule> owner;
  // A thread has objects to destroy but the module is already going: the code must not be unmapped.
  std::atomic<bool> keep_mapped = false;
  // It called pthread_atfork, with its address as the handle of a library.
  std::atomic<bool> has_fork_handlers = false;

  // Calls the resolvers of functions that are chosen when the code is loaded. Before any other code runs.
  void choose_functions();

  // An exception of a constructor passes through.
  void run_constructors();

  // Those that the code registered, last first, after the destructor functions if all constructors ran. Does nothing
  // the second time.
  void run_destructors() noexcept;

  void at_exit(void (*function)(void*), void* argument);

  // Makes the functions of quick code jump to those of the same names here.
  void redirect_to(std::unique_ptr<Code> optimised);
  bool is_redirected() const;

  // Whether the address lies in this code, or in the optimised.
  bool contains(std::uintptr_t address) const;

 private:
  struct AtExit {
    void (*function)(void*);
    void* argument;
  };

  std::atomic<bool> constructed_ = false;
  mutable forking::Mutex mutex_;
  std::vector<AtExit> at_exit_;
  std::unique_ptr<Code> optimised_;
};

}  // namespace dijitso::orc
