// The module that this thread is generating, and the modules that its `generate` requested.
//
// While `generate` of one module runs, jit does not wait for the modules that it requests: they are compiled on the
// pool, and their failures are reported when the module itself is finished. Each thread has its own list.
#pragma once

#include "jit/loaded/module.h"

#include <set>
#include <vector>

namespace dijitso {

class Context;

class Generating {
 public:
  // `never_waits`: other modules come from other processes through this very thread, so it must not wait, even with
  // build.jobs 1.
  explicit Generating(const Context& context, bool never_waits = false);
  ~Generating();
  Generating(const Generating&) = delete;
  Generating& operator=(const Generating&) = delete;

  // The innermost module that this thread is generating, if it is for this Jit; nullptr otherwise.
  static Generating* current(const Context& context);

  bool never_waits() const { return never_waits_; }

  // Records a requested module. The reference keeps its name from being forgotten until generating has finished.
  void asked_for(const ModulePointer& module);
  const std::vector<ModulePointer>& asked() const { return asked_; }

  // Records a module that was not waited for. It must be ready when the generated module is.
  void leave_unfinished(const ModulePointer& module) { left_unfinished_.push_back(module); }
  const std::vector<ModulePointer>& left_unfinished() const { return left_unfinished_; }

 private:
  const Context& context_;
  Generating* const outer_;
  const bool never_waits_;
  std::vector<ModulePointer> asked_;
  std::set<const Module*> known_;  // the modules in asked_
  std::vector<ModulePointer> left_unfinished_;
};

}  // namespace dijitso
