// The run-time linker: makes objects callable code in this process.
//
// This header shows no LLVM type: libdijitso opens the library that implements it (libdijitso-orc, with LLVM's linker)
// at the first link, so that a program that never links never loads LLVM.
//
// Symbols are searched in this order: the module itself; its direct dependencies in order, only their own definitions;
// the host libraries of `libs` and their dependencies; the process; the C++ and C libraries. The symbols of a module
// are not visible to a module that does not name it as a dependency. Each module has its own copy of a weak definition
// (inline function, template), as with libraries opened with RTLD_LOCAL.
//
// Static constructors and destructors run as with dlopen: one thread at a time in a session (a constructor may call
// link()), constructors of dependencies first, their destructors last. If a constructor throws, link() fails and
// destroys what was constructed. A destructor that throws ends the process, as everywhere in C++. thread_local needs
// x86-64; on other processors compile with -femulated-tls.
//
// A module with debug information is registered with debuggers before its code runs, until it is unloaded.
//
// A module may be linked as quick code, whose functions can be redirected, and be replaced by optimised code while the
// program runs (docs/design.md, "Two tiers").
//
// At exit() the static destructors of the modules that are still loaded run, youngest first, and no code is unloaded
// after that, because handles in static storage may be destroyed later. Thread-safety: all functions may be called from
// any thread.
#pragma once

#include <dijitso/export.h>

#include "support/bytes.h"

#include <memory>
#include <string>
#include <vector>

namespace dijitso::orc {

// Code in memory. Destroying the last reference runs its static destructors and unloads it. It keeps its dependencies
// and its session alive. It stays loaded while a thread still has thread_local objects of it to destroy.
class LinkedModule {
 public:
  virtual ~LinkedModule() = default;

  // The address of a symbol that this module defines and exports, by its linker name; nullptr when there is none. For a
  // thread_local variable, the address of the calling thread's instance.
  virtual void* find(const std::string& symbol) const = 0;

  // The file name of this code for the dynamic loader; empty for code that the dynamic loader did not load.
  virtual std::string file_name() const { return {}; }
};

struct LinkRequest {
  std::string name;                                               // for messages; need not be unique
  SharedBytes object;                                             // read by link() only
  std::vector<std::shared_ptr<const LinkedModule>> dependencies;  // searched in this order; from the same session
  std::vector<std::string> dependency_names;                      // for messages, in the same order
  std::vector<std::string> libs;                                  // host libraries, searched next, as with -l
  std::vector<std::string> lib_dirs;                              // as with -L
};

struct SessionOptions {
  bool perf_map = false;  // whether to write the names of functions for perf (perf_map.h)
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;

  // Links completely and runs the static constructors. Throws LinkFailed with the missing symbols and the modules that
  // define them, or with the library of `libs` that was not found and the searched directories. The same request may be
  // repeated after a failure.
  virtual std::shared_ptr<const LinkedModule> link(const LinkRequest& request) = 0;

  // Links the optimised object of a module that was linked as quick code. From their next call on, its functions
  // replace those of the quick code, also for callers that have their addresses, which do not change. The variables in
  // `shared_symbols` (linker names) stay those of the quick code. No code runs, not even static constructors. The
  // optimised code is bound to the same symbols as the quick code, and is unloaded with the module. After LinkFailed
  // the quick code is unchanged, and replace() may be called again; not after a success.
  virtual void replace(const std::shared_ptr<const LinkedModule>& quick, const SharedBytes& object,
                       const std::vector<std::string>& shared_symbols) = 0;
};

}  // namespace dijitso::orc

// The function that libdijitso-orc exports without name mangling. Creates a session; the caller deletes the returned
// pointer. Throws LinkFailed when the process is exiting.
extern "C" DIJITSO_API std::shared_ptr<dijitso::orc::Session>* dijitso_orc_new_session(
    const dijitso::orc::SessionOptions& options);
