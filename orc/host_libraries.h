// Libraries of the host that linked code may use, opened with dlopen.
//
// They stay open for good: unloading runtimes of threads or of MPI under running code is not safe.
// Thread-safety: all functions may be called from any thread; no lock is held while a library's constructors run.
// Tested in unittests/orc/host_libraries_test.cpp.
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

  // The address of a symbol that the library or what it needs defines, or null.
  void* find(const std::string& symbol) const;

 private:
  std::vector<void*> handles_;
};

// What the process has loaded for everyone, then the C++ and C libraries: a program that loads dijitso with RTLD_LOCAL,
// as Python does, may have the C++ library for dijitso alone.
HostLibrary process_library();

class HostLibraries {
 public:
  // Opens the library at its first use. LinkFailed, its text beginning with `what`, names the directories that were
  // searched or says why the library cannot be opened.
  const HostLibrary& open(const std::string& name, const std::vector<std::string>& lib_dirs, const std::string& what);

 private:
  forking::Mutex mutex_;
  std::map<std::vector<std::string>, std::unique_ptr<HostLibrary>> libraries_;  // by name and directories
};

}  // namespace dijitso::orc
