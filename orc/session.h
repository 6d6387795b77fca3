// The run-time linker: objects become callable code in this process. One ORC session, one JITDylib a module.
//
// This header shows no LLVM type: libdijitso opens the library that implements it (libdijitso-orc, with LLVM's linker)
// at the first link, so that a program that never links never loads LLVM.
//
// Where a symbol comes from: the module itself; its direct dependencies in order, only what they define themselves; the
// host libraries of `libs` and what these need; the process; the C++ and C libraries. The symbols of one module never
// satisfy another that did not name it. A weak definition (inline function, template) is each module's own, as with
// libraries opened RTLD_LOCAL.
//
// Static constructors and destructors run as with dlopen: one thread at a time in a session (a constructor may itself
// call link()), dependencies first and, in reverse, last. A constructor that throws makes link() fail; what was
// constructed is destroyed. A destructor that throws ends the process, as everywhere in C++. thread_local needs x86-64;
// elsewhere compile with -femulated-tls.
//
// A module with debug information is announced to debuggers before any of its code runs, until it is unloaded.
//
// A module may be linked as quick code, whose functions can be redirected, and be replaced by optimised code while the
// program runs (docs/design.md, "Two tiers").
//
// At exit() the static destructors of the modules still loaded run, youngest first, and no code is unloaded any more:
// handles in static storage may outlive that. Thread-safety: all functions may be called from any thread.
#pragma once

#include <dijitso/export.h>

#include "support/bytes.h"

#include <memory>
#include <string>
#include <vector>

namespace dijitso::orc {

// Code in memory. Destroying the last reference runs its static destructors and unloads it; it keeps its dependencies
// and its session alive. While a thread has yet to destroy thread_local objects of it, it stays loaded until that
// thread ends.
class LinkedModule {
 public:
  virtual ~LinkedModule() = default;

  // The address of a symbol that this module itself defines and exports, by its linker name; nullptr when it does not.
  // For a thread_local variable, that of the calling thread.
  virtual void* find(const std::string& symbol) const = 0;

  // The name of the file under which the dynamic loader knows this code; empty for code that it did not load.
  virtual std::string file_name() const { return {}; }
};

struct LinkRequest {
  std::string name;                                               // for messages; need not be unique
  SharedBytes object;                                             // kept until the module is unloaded
  std::vector<std::shared_ptr<const LinkedModule>> dependencies;  // searched in this order; from the same session
  std::vector<std::string> dependency_names;                      // for messages, in the same order
  std::vector<std::string> libs;                                  // host libraries, searched next, like a linker's -l
  std::vector<std::string> lib_dirs;                              // and -L
};

struct SessionOptions {
  bool perf_map = false;  // whether perf is told the names of functions (perf_map.h)
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;

  // Links completely and runs the static constructors. LinkFailed: with the missing symbols and who might have provided
  // them, or with the library of `libs` that was not found and where it was sought. After a failure the same request
  // may be tried again.
  virtual std::shared_ptr<const LinkedModule> link(const LinkRequest& request) = 0;

  // Links the optimised object of a module that was linked as quick code. Its functions take the place of the quick
  // ones from their next call on, also for those who have their addresses, which stay what they were. The variables
  // named in `shared_symbols`, by their linker names, stay the quick code's. No code runs, no static constructors
  // either. What the quick code was bound to, the optimised code is bound to as well; it is unloaded with the module.
  // LinkFailed leaves the quick code as it is; then replace() may be called again, but not after it succeeded.
  virtual void replace(const std::shared_ptr<const LinkedModule>& quick, const SharedBytes& object,
                       const std::vector<std::string>& shared_symbols) = 0;
};

}  // namespace dijitso::orc

// Exported by libdijitso-orc under this unmangled name. Makes a session, which the caller deletes with the pointer;
// throws LinkFailed when the linker cannot start.
extern "C" DIJITSO_API std::shared_ptr<dijitso::orc::Session>* dijitso_orc_new_session(
    const dijitso::orc::SessionOptions& options);
