// Stops a compile that would otherwise crash or hang the process: code that is nested too deeply for the stack, macros
// that expand without end, and compiles that exceed the limits of their request.
#pragma once

#include "compile/compiler.h"
#include "compile/limits/allocation_watch.h"
#include "compile/limits/large_stack.h"
#include "compile/limits/nesting.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/CodeGenOptions.h>
#include <clang/Basic/SourceLocation.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/Token.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace dijitso::compilation {

// The reason for abandoning a compile. It is thrown through LLVM (llvm-config/out_of_memory.h) when a compile that was
// stopped does not end by itself, or when nearly no stack is left.
class Abandoned : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Watches all runs of Clang that make up one compile. The time limit starts with the constructor. Construct it on the
// large stack.
class CompileWatch {
 public:
  explicit CompileWatch(const CompileLimits& limits);
  CompileWatch(const CompileWatch&) = delete;
  CompileWatch& operator=(const CompileWatch&) = delete;

  // Watches the parser of an instance, whose preprocessor must exist. The result must be the first consumer of what is
  // parsed. When the compile has to stop, it reports a fatal error, and nothing more is read.
  std::unique_ptr<clang::ASTConsumer> watch_parser(clang::CompilerInstance& instance);

  // Checks time and memory. Returns true when the compile has to stop or has been stopped.
  bool must_stop();

  bool is_stopped() const { return !reason_.empty(); }
  const std::string& reason() const { return reason_; }  // empty unless stopped

  // Whether the diagnostics contain the fatal error.
  bool is_reported() const { return is_reported_; }

  void stop(std::string reason);

  // Throws Abandoned. For cases in which Clang would not return in time.
  [[noreturn]] void abandon(std::string reason);

 private:
  friend class WatchedParser;

  void check_nesting(std::uint64_t bytes);
  void check_allocation(std::uint64_t stack_left);
  bool is_grace_over() const;
  std::uint64_t stack_reserve() const { return stack_.bytes / 16; }
  std::string too_deep() const;

  const CompileLimits limits_;
  const Clock::time_point begin_;
  const std::uint64_t memory_before_;
  const StackExtent stack_ = this_stack();
  std::uint64_t tokens_ = 0;
  std::string reason_;
  Clock::time_point stopped_;
  bool is_reported_ = false;
  const AllocationWatch allocations_{[this](std::uint64_t stack_left) { check_allocation(stack_left); },
                                     stack_.top - stack_.bytes, stack_reserve()};
};

// Makes `result` that of a compile that was stopped for this reason.
void note_stop(const std::string& reason, CompileResult& result);

// Lowers Clang's limits on nested calls in constant expressions and on nested brackets to what the stack allows. Flags
// may have raised them.
void limit_depths(clang::LangOptions& language);

// As long as this object exists, the passes of the one compile with these options are watched. When the compile has to
// stop, or its code is refused (code_limits.h), no further optional pass runs, and the code generator gets empty
// functions.
class WatchedPasses {
 public:
  WatchedPasses(clang::CodeGenOptions& options, CompileWatch& watch);
  ~WatchedPasses() { options_.PassBuilderCallbacks.pop_back(); }
  WatchedPasses(const WatchedPasses&) = delete;
  WatchedPasses& operator=(const WatchedPasses&) = delete;

 private:
  clang::CodeGenOptions& options_;
};

}  // namespace dijitso::compilation
