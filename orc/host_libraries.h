// Opens libraries of the host with dlopen, for linked code.
//
// They are never closed, because unloading a threading or MPI runtime while code runs is not safe. Thread-safety: all
// functions may be called from any thread; no lock is held while a library's constructors run. Tested in
// unittests/orc/host_libraries_test.cpp.
#pragma once

#include "support/fork.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dijitso::orc {

class HostLibrary {
 public:
  explicit HostLibrary(std::vector<void*> handles) : handles_(std::move(handles)) {}

  // The address of a symbol that the library or one of its dependencies defines, or null.
  void* find(const std::string& symbol) const;

 private:
  std::vector<void*> handles_;
};

// The global symbols of the process, then the C++ and C libraries. These are opened too, because in a program that
// loads dijitso with RTLD_LOCAL (Python) the C++ library may not be global.
HostLibrary process_library();

class HostLibraries {
 public:
  // Opens the library at its first use. Throws LinkFailed, whose text begins with `what` and names the searched
  // directories or the reason why the library cannot be opened.
  const HostLibrary& open(const std::string& name, const std::vector<std::string>& lib_dirs, const std::string& what);

 private:
  forking::Mutex mutex_;
  // By name and directories.
  std::map<std::vector<std::string>, std::unique_ptr<HostLibrary>> libraries_ DIJITSO_GUARDED_BY(mutex_);
};

}  // namespace dijitso::orc
