// Opens the compiler library, and counts the threads that are in it.
//
// Clang, LLVM and lld keep state in static variables. If a process forks while one of its threads is in the library,
// the child inherits these variables in the middle of a change. At its first use of the compiler such a child opens a
// copy of the library, which has fresh variables. Other children use the library that they inherited. Thread-safety:
// all functions may be called from any thread. Tested in tests/faults/fork_test.py.
#pragma once

#include "compile/compiler.h"
#include "export/shared_linker.h"

#include <cstdint>
#include <string>

namespace dijitso {

// Opens a library that is beside this one, or else where the dynamic loader finds it. Throws CacheError when that
// fails; its message begins with `need` and ends with `remedy`.
void* open_library(const std::string& file, const std::string& need, const std::string& remedy);

// The address of a symbol of the library. CacheError when it is not defined.
void* entry_point(void* library, const char* name);

// Whether the compiler library is installed. A machine that only runs modules compiled elsewhere does not need it.
bool compiler_library_is_there();

// Opens the compiler library, at the first call. CacheError as above.
void open_compiler_library(const std::string& need, const std::string& remedy);

// Marks this thread as being in the compiler library while the object lives. CacheError when the library cannot be
// opened, or its copy in a child of fork().
class CompilerUse {
 public:
  CompilerUse();
  ~CompilerUse();
  CompilerUse(const CompilerUse&) = delete;
  CompilerUse& operator=(const CompilerUse&) = delete;

  compilation::Compiler& compiler() const { return *compiler_; }
  exporter::SharedLinker& linker() const { return *linker_; }

  // A number that changes when a child of fork() opens a copy. Objects that another copy made must not be touched.
  static std::uint64_t copy() noexcept;

 private:
  compilation::Compiler* compiler_;
  exporter::SharedLinker* linker_;
};

}  // namespace dijitso
