// The compiler: C or C++ text in, an object in memory out, with Clang inside this process.
//
// This header shows no LLVM type: libdijitso opens the library that implements it (libdijitso-compiler, with
// Clang and LLVM) at the first miss.
// Thread-safety: all functions may be called from any thread; compiles run concurrently.
#pragma once

#include "support/bytes.h"
#include "support/hash.h"
#include "support/header_pack.h"

#include <dijitso/error.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dijitso::compile {

// A header that exists in memory only, included by its name.
struct MemoryHeader {
  std::string name;
  std::string text;
};

// Bounds of one compile, looked at from time to time; 0: none.
struct CompileLimits {
  std::chrono::nanoseconds time{0};
  std::uint64_t memory = 0;                       // bytes by which the process grows meanwhile, whoever is the cause
  std::uint64_t tokens = std::uint64_t{1} << 26;  // that macros and headers expand to: several times what is real
};

struct CompileRequest {
  std::string signature;  // names the source file in diagnostics: <signature>.cpp
  bool is_c = false;      // C instead of C++
  std::string source;
  std::vector<MemoryHeader> headers;         // the module's own and those of its dependencies
  std::vector<std::string> arguments;        // driver flags: -O2 -std=c++11 -DNAME ...
  std::vector<std::string> include_dirs;     // real directories, in order, after the headers in memory
  std::string target_triple;                 // of the machine to compile for; empty: of the host
  std::string target_cpu;                    // as the driver takes it (-march), never "native"
  std::vector<std::string> target_features;  // switched on beyond that CPU's
  HeaderPacks header_packs;                  // directories in them are named as in packed_headers_dir
  bool machine_headers = false;              // where packs have the system's: the machine's own are searched last
  CompileLimits limits;
};

// A directory that is searched for headers without being named.
struct SystemDirectory {
  std::string path;
  HeaderKind kind = HeaderKind::c;
  std::uint8_t place = 0;  // among those of its kind
};

// A file as the compiler read it.
struct HeaderRead {
  std::string path;  // absolute; ".." only behind a symbolic link
  Digest content;
};

// A prelude that was compiled once, for all modules with the same prelude and flags.
struct Precompiled {
  std::string prelude;                   // its text, one of those that preludes_of gives
  ByteView pch;                          // Clang's; empty when they cannot be precompiled, or are not worth it
  std::shared_ptr<const void> owner;     // of these bytes, which all compiles share
  std::string messages;                  // what the compiler says of them, for it to repeat
  std::string refusal;                   // why they cannot be precompiled
  bool is_cheap = false;                 // they are less text than was asked for
  std::vector<HeaderRead> files;         // headers outside the toolchain that are in it
  std::vector<std::uint64_t> mentioned;  // hashes of what occurs in these headers: identifiers, included names; sorted
  std::vector<std::uint64_t> changed;    // hashes of the macros that they define or undefine, sorted
};

struct PrecompileLimits {
  std::uint64_t least_text = 0;             // bytes of headers from which on it is worth it
  const std::atomic<bool>* stop = nullptr;  // when it becomes true, nobody waits for the result any more
};

// What a compile spends its time with.
enum class Step { frontend, optimiser, code_generation };

using Clock = std::chrono::steady_clock;

struct TimedStep {
  Step step;
  Clock::time_point begin, end;
};

struct CompileResult {
  bool ok = false;
  Bytes object;                            // ELF relocatable; empty unless ok
  std::vector<Diagnostic> diagnostics;     // warnings too
  std::string diagnostics_text;            // the same as an ordinary compiler prints them
  std::vector<HeaderRead> files;           // headers outside the toolchain that were read from disk, sorted by path
  std::vector<std::string> isa_features;   // that the generated code may use beyond the target's baseline, sorted
  std::vector<std::string> dropped_flags;  // unknown to Clang, ignored
  std::string compiler_version;
  bool used_precompiled = false;
  std::vector<TimedStep> steps;  // in their order

  double seconds() const { return seconds(Step::frontend) + backend_seconds(); }
  double backend_seconds() const { return seconds(Step::optimiser) + seconds(Step::code_generation); }
  double seconds(Step which) const {
    std::chrono::duration<double> sum{0};
    for (const TimedStep& one : steps)
      if (one.step == which) sum += one.end - one.begin;
    return sum.count();
  }
};

// The rest of a compile in two tiers (docs/design.md). It keeps what it needs of the request itself.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // The result that compile() would have given, byte for byte. To be called once, on any thread; may take seconds.
  virtual CompileResult optimize() = 0;
};

// But for the object and the steps after the frontend, the result is final: files, features and diagnostics do not
// change any more.
struct QuickResult {
  CompileResult
      result;  // its object is quick code, which only links in memory, if there is an optimizer; else compile()'s
  std::unique_ptr<Optimizer> optimizer;     // nullptr when the module is not compiled in two tiers
  std::vector<std::string> shared_symbols;  // linker names of what stays the quick code's when the rest is replaced
  std::string untiered_reason;              // for people: why there is no optimizer although the result is good
};

class Compiler {
 public:
  virtual ~Compiler() = default;

  // InvalidArgument for flags that Clang refuses. Errors in the source are a result with ok = false. A precompiled
  // prelude, which must be of the same flags, is used when the object is then the same.
  virtual CompileResult compile(const CompileRequest& request, const Precompiled* precompiled = nullptr) = 0;

  // Compiles without optimisation, and leaves that to an optimizer, when two copies of the code, of which one takes the
  // place of the other while it runs, cannot be told from one. Otherwise does what compile() does.
  virtual QuickResult compile_quickly(const CompileRequest& request, const Precompiled* precompiled = nullptr) = 0;

  // The beginnings of the module that may be precompiled, as texts: the #include lines of the headers that it reads
  // before anything of its own, and what its source says before the first declaration. The one that is worth more comes
  // first. Empty when there are none, or cannot be: debug information names files, so objects would differ.
  virtual std::vector<std::string> preludes_of(const CompileRequest& request) = 0;

  // Compiles one of them with the flags of the request. Headers of which the compiler has anything to say are not
  // precompiled, nor those that would mean something else so (__DATE__, some #pragmas).
  virtual Precompiled precompile(const CompileRequest& request, const std::string& prelude,
                                 const PrecompileLimits& limits = {}) = 0;

  // Whether the object of this module comes out the same with them.
  virtual bool suits(const Precompiled& precompiled, const CompileRequest& request) = 0;

  // What this machine has, for C and C++, with the C++ library that is asked for.
  virtual std::vector<SystemDirectory> system_directories(bool libcxx) = 0;
};

}  // namespace dijitso::compile

// Exported by libdijitso-compiler under this unmangled name.
extern "C" std::unique_ptr<dijitso::compile::Compiler>* dijitso_compile_new_compiler();
