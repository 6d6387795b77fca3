// Ends a compile that would otherwise end or hang the program: of code that is nested too deeply for the stack, of
// macros without end, and at the limits that the request has.
#pragma once

#include "compile/allocation_watch.h"
#include "compile/compiler.h"
#include "compile/large_stack.h"
#include "compile/nesting.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/CodeGenOptions.h>
#include <clang/Basic/SourceLocation.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/Token.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace dijitso::compile {

// Thrown through LLVM, which is left as it is (llvm-config/out_of_memory.h), when a compile that was stopped does not
// come to an end by itself, or hardly any stack is left. It says the reason.
class Abandoned : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// For all runs of Clang that one compile is made of; its time begins when this is made. To be made on the large stack.
class CompileWatch {
 public:
  explicit CompileWatch(const CompileLimits& limits);
  CompileWatch(const CompileWatch&) = delete;
  CompileWatch& operator=(const CompileWatch&) = delete;

  // Watches the parser of an instance that has its preprocessor. The result is to be the first that hears of what was
  // parsed. Where the compile has to stop there is a fatal error, and nothing more is read.
  std::unique_ptr<clang::ASTConsumer> watch_parser(clang::CompilerInstance& instance);

  // Looks at time and memory. True when the compile has to stop, or has been stopped.
  bool must_stop();

  bool is_stopped() const { return !reason_.empty(); }
  const std::string& reason() const { return reason_; }  // empty unless stopped

  // Whether the fatal error is among the diagnostics.
  bool has_been_told() const { return told_; }

  void stop(std::string reason);

  // Throws Abandoned: for what Clang would not come back from in time.
  [[noreturn]] void abandon(std::string reason);

 private:
  friend class WatchedParser;

  void check_nesting(std::uint64_t bytes);
  void look_at_allocation(std::uint64_t stack_left);
  bool is_out_of_patience() const;
  std::uint64_t stack_reserve() const { return stack_.bytes / 16; }
  std::string too_deep() const;

  const CompileLimits limits_;
  const Clock::time_point begin_;
  const std::uint64_t memory_before_;
  const StackExtent stack_ = this_stack();
  std::uint64_t tokens_ = 0;
  std::string reason_;
  Clock::time_point stopped_;
  bool told_ = false;
  const AllocationWatch allocations_{[this](std::uint64_t stack_left) { look_at_allocation(stack_left); },
                                     stack_.top - stack_.bytes, stack_reserve()};
};

// Makes this the result of a compile that was stopped for this reason.
void note_stop(const std::string& reason, CompileResult& result);

// Flags may raise the limits that Clang has for calls in constant expressions and for brackets, not above what the
// stack is enough for.
void limit_depths(clang::LangOptions& language);

// While this lives, the passes of the one compile that is made with these options are watched: when it has to stop, or
// its code is refused (code_limits.h), no optional pass is begun any more, and nothing is left for the code generator.
class WatchedPasses {
 public:
  WatchedPasses(clang::CodeGenOptions& options, CompileWatch& watch);
  ~WatchedPasses() { options_.PassBuilderCallbacks.pop_back(); }
  WatchedPasses(const WatchedPasses&) = delete;
  WatchedPasses& operator=(const WatchedPasses&) = delete;

 private:
  clang::CodeGenOptions& options_;
};

}  // namespace dijitso::compile
