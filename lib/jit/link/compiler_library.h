// The compiler library of this process, and who is in it.
//
// Clang, LLVM and lld keep much in static variables. A child of fork() that was born while a thread of its parent was
// in the library has them as they were in the middle of a change. At its first use of the compiler it opens a copy of
// the library, whose variables are its own; a child that was born while nobody was in it uses the one that it has.
// Thread-safety: all functions may be called from any thread. Tested in tests/faults/fork_test.py.
#pragma once

#include "compile/compiler.h"
#include "export/shared_linker.h"

#include <cstdint>
#include <string>

namespace dijitso {

// Opens a library that lies beside this one, else as the dynamic loader finds it. CacheError when that fails, of which
// `need` is the beginning and `remedy` the end.
void* open_library(const std::string& file, const std::string& need, const std::string& remedy);

// What a library defines under this name. CacheError when there is no such thing.
void* entry_point(void* library, const char* name);

// Whether the compiler library is there. It need not be: a machine may only run what others have compiled.
bool compiler_library_is_there();

// The compiler library, opened at the first call. CacheError as above.
void open_compiler_library(const std::string& need, const std::string& remedy);

// This thread is in the compiler library while this object lives. CacheError when it cannot be opened (again).
class CompilerUse {
 public:
  CompilerUse();
  ~CompilerUse();
  CompilerUse(const CompilerUse&) = delete;
  CompilerUse& operator=(const CompilerUse&) = delete;

  compile::Compiler& compiler() const { return *compiler_; }
  exporter::SharedLinker& linker() const { return *linker_; }

  // A number that changes in a child that must not touch what the library of its parent made.
  static std::uint64_t copy() noexcept;

 private:
  compile::Compiler* compiler_;
  exporter::SharedLinker* linker_;
};

}  // namespace dijitso
