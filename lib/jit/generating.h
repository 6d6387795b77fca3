// Which module this thread is generating, and what it asked for meanwhile.
//
// While `generate` of one module runs, the modules that it asks jit for are not waited for: they are compiled on the
// pool, and whatever becomes of them is seen when the module itself is finished. Each thread has a list of its own.
#pragma once

#include "jit/module.h"

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

  void asked_for(const ModulePointer& module) { companions_.push_back(module); }

  // The modules that were asked for and were not ready then.
  const std::vector<ModulePointer>& companions() const { return companions_; }

 private:
  const Context& context_;
  Generating* const outer_;
  const bool never_waits_;
  std::vector<ModulePointer> companions_;
};

}  // namespace dijitso
