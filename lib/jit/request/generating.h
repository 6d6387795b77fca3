// Which module this thread is generating, and what it asked for meanwhile.
//
// While `generate` of one module runs, the modules that it asks jit for are not waited for: they are compiled on the
// pool, and whatever becomes of them is seen when the module itself is finished. Each thread has a list of its own.
#pragma once

#include "jit/loaded/module.h"

#include <set>
#include <vector>

namespace dijitso {

class Context;

class Generating {
 public:
  // When other modules come from other processes, by this very thread, nothing is waited for even with one job.
  explicit Generating(const Context& context, bool never_waits = false);
  ~Generating();
  Generating(const Generating&) = delete;
  Generating& operator=(const Generating&) = delete;

  // What this thread is generating for the same Jit, if that is what it does; nullptr otherwise.
  static Generating* current(const Context& context);

  bool never_waits() const { return never_waits_; }

  // It has asked for this one; what its name means here cannot be forgotten until it has been generated.
  void asked_for(const ModulePointer& module);
  const std::vector<ModulePointer>& asked() const { return asked_; }

  // Nobody has waited for this one, which is to be ready when the module is.
  void leave_unfinished(const ModulePointer& module) { left_unfinished_.push_back(module); }
  const std::vector<ModulePointer>& left_unfinished() const { return left_unfinished_; }

 private:
  const Context& context_;
  Generating* const outer_;
  const bool never_waits_;
  std::vector<ModulePointer> asked_;
  std::set<const Module*> known_;  // which these are
  std::vector<ModulePointer> left_unfinished_;
};

}  // namespace dijitso
