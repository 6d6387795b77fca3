// The compiler: C or C++ text in, an object in memory out, with Clang inside this process.
//
// This header shows no LLVM type: libdijitso opens the library that implements it (libdijitso-compiler, with
// Clang and LLVM) at the first miss.
// Thread-safety: all functions may be called from any thread; compiles run concurrently.
#pragma once

#include "compile/header_plan.h"
#include "support/bytes.h"
#include "support/packs/header_pack.h"

#include <dijitso/error.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::compilation {

// A header that exists in memory only; it is included by its name.
struct MemoryHeader {
  std::string name;
  std::string text;
};

// Limits of one compile, which are checked from time to time; 0 means no limit.
struct CompileLimits {
  std::chrono::nanoseconds time{0};
  std::uint64_t memory = 0;  // growth of the process in bytes during the compile, whatever the cause
  std::uint64_t tokens = std::uint64_t{1} << 26;  // after expansion of macros and headers; real code has far less
};

// The source of a compile is a file that a compiler command names. Then it is compiled as Clang's own command would do
// it: the flags, and relative names in them, mean what they mean in CompileRequest::directory.
struct CommandSource {
  std::string name;            // as it was given; "<stdin>" for standard input
  std::string language;        // as after -x: "c", "c++", "cpp-output" or "c++-cpp-output"
  bool is_cxx_driver = false;  // the command is that of C++: dijitso-c++

  bool operator==(const CommandSource&) const = default;
};

struct CompileRequest {
  std::string signature;  // names the source file in diagnostics: <signature>.cpp
  bool is_c = false;      // C instead of C++
  std::string source;
  std::vector<MemoryHeader> headers;         // the module's own and those of its dependencies
  std::vector<std::string> arguments;        // driver flags: -O2 -std=c++11 -DNAME ...
  std::vector<std::string> include_dirs;     // real directories, in order, after the headers in memory
  std::string target_triple;                 // of the machine to compile for; empty: of the host
  std::string target_cpu;                    // as in -march, never "native"
  std::vector<std::string> target_features;  // enabled in addition to those of the CPU
  HeaderPacks header_packs;                  // their directories are named as in packed_headers_dir
  bool machine_headers = false;              // with system headers in packs: search the machine's own last
  std::string directory;                     // that relative paths in CPATH etc. start from; empty when there are none
  CompileLimits limits;
  HeaderPlan header_plan;  // of this request; empty: compile without precompiled headers
  std::optional<CommandSource> command;
};

// A file that a compile read, under a name by which it was asked for.
struct NamedInput {
  std::string name;
  bool is_system = false;  // found in a directory of system headers

  bool operator==(const NamedInput&) const = default;
};

// A directory that is searched for headers although no flag names it.
struct SystemDirectory {
  std::string path;
  HeaderKind kind = HeaderKind::c;
  std::uint8_t place = 0;  // position among the directories of its kind
};

struct PrecompileLimits {
  std::uint64_t least_text = 0;     // precompile only when the headers have this many bytes
  std::size_t memory_to_leave = 0;  // bytes that the process must still be able to map
};

// The phases of a compile.
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
  std::string diagnostics_text;            // as an ordinary compiler prints them
  std::vector<HeaderRead> files;           // files outside the toolchain that were read from disk, sorted by path
  std::vector<std::string> missing;        // names outside the toolchain that were not found, sorted; as in HeaderRead
  std::vector<std::string> isa_features;   // features that the code may use beyond the target's baseline, sorted
  std::vector<std::string> dropped_flags;  // unknown to Clang, or without effect here
  std::string compiler_version;
  std::string prototypes;  // of exported functions and variables: the section of an entry (docs/cache-format.md)
  bool used_precompiled = false;
  // Only without precompiled headers: the text that was read in all files but the source, and hashes of names that the
  // plan says the headers must not mention, but they do.
  std::uint64_t header_bytes = 0;
  std::vector<std::uint64_t> mentioned;
  std::vector<NamedInput> inputs;  // of a command: all files that were read, the source first
  bool uses_time = false;          // of a command: the code contains the time of the compile (__TIME__ and the like)
  std::vector<TimedStep> steps;    // in the order in which they ran

  double seconds() const { return seconds(Step::frontend) + backend_seconds(); }
  double backend_seconds() const { return seconds(Step::optimiser) + seconds(Step::code_generation); }
  double seconds(Step which) const {
    std::chrono::duration<double> sum{0};
    for (const TimedStep& one : steps)
      if (one.step == which) sum += one.end - one.begin;
    return sum.count();
  }
};

// The second part of a compile in two tiers (docs/design.md). It keeps its own copy of the request's data.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // Returns the same result as compile(), byte for byte. Call it once, on any thread; it may take seconds.
  virtual CompileResult optimize() = 0;
};

// The result is final except for the object and the steps after the frontend: files, features and diagnostics do not
// change any more.
struct QuickResult {
  CompileResult
      result;  // with an optimizer, the object is quick code, which only links in memory; without, as compile()
  std::unique_ptr<Optimizer> optimizer;     // nullptr when the module is not compiled in two tiers
  std::vector<std::string> shared_symbols;  // linker names of symbols of the quick code that stay in use
  std::string untiered_reason;              // shown to users: why a good result has no optimizer
};

// A compiler command that is carried out as Clang's driver plans it, without the cache.
struct CommandRequest {
  std::string program;  // the path of this program, whose directory --version tells
  bool is_cxx_driver = false;
  std::vector<std::string> words;  // after the name of the program; response files are expanded
  HeaderPacks header_packs;
  bool machine_headers = false;
};

// One step of a command.
struct CommandJob {
  enum class Kind { compile, assemble, link };
  Kind kind = Kind::compile;
  std::vector<std::string> arguments;  // of the compiler proper, of the assembler, or of the linker
};

struct CommandPlan {
  bool ok = false;
  std::vector<CommandJob> jobs;          // in order; empty when the driver has already answered, as for --version
  std::vector<std::string> temporaries;  // files that the jobs write and read; the caller removes them
};

class Compiler {
 public:
  virtual ~Compiler() = default;

  // Throws InvalidArgument for flags that Clang refuses. Errors in the source give a result with ok = false.
  // `precompiled`, which must be of the same flags, is used only when it suits the request's plan.
  virtual CompileResult compile(const CompileRequest& request, const Precompiled* precompiled = nullptr) = 0;

  // Compiles without optimisation and leaves that to an optimizer, if the program cannot notice that a second copy of
  // the code replaces the first one while it runs. Otherwise does the same as compile().
  virtual QuickResult compile_quickly(const CompileRequest& request, const Precompiled* precompiled = nullptr) = 0;

  // Decides which texts at the beginning of the module may be precompiled: the #include lines of the headers that come
  // before its own code, and the part of its source before the first declaration. The plan is empty when there are
  // none, or with debug information: it contains file names, so objects would differ. Throws as compile() does.
  virtual HeaderPlan plan_headers(const CompileRequest& request) = 0;

  // Compiles the text of a prelude with the flags and the limits of the request. Headers with errors are not
  // precompiled, nor are headers whose meaning would change (__DATE__, some #pragmas).
  virtual Precompiled precompile(const CompileRequest& request, const std::string& prelude,
                                 const PrecompileLimits& limits = {}) = 0;

  // Plans a compiler command. Answers questions such as --version on standard output, and reports errors and -v on
  // standard error. Throws InvalidArgument for flags that are refused.
  virtual CommandPlan plan_command(const CommandRequest& request) = 0;

  // Runs a job of a plan that is not a link; messages go to standard error. False when it failed.
  virtual bool run_job(const CommandJob& job, const CommandRequest& request) = 0;

  // The directories of this machine for C and C++, with the C++ library that is asked for.
  virtual std::vector<SystemDirectory> system_directories(bool libcxx) = 0;
};

}  // namespace dijitso::compilation

// Exported by libdijitso-compiler under this unmangled name.
extern "C" std::unique_ptr<dijitso::compilation::Compiler>* dijitso_compile_new_compiler();
