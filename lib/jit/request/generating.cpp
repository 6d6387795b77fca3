// Tested in tests/jit/concurrent_test.cpp.

#include "jit/request/generating.h"

namespace dijitso {
namespace {

thread_local Generating* innermost = nullptr;

}  // namespace

Generating::Generating(const Context& context, bool never_waits)
    : context_(context), outer_(innermost), never_waits_(never_waits || (outer_ && outer_->never_waits_)) {
  innermost = this;
}

Generating::~Generating() { innermost = outer_; }

Generating* Generating::current(const Context& context) {
  return innermost && &innermost->context_ == &context ? innermost : nullptr;
}

void Generating::asked_for(const ModulePointer& module) {
  if (known_.insert(module.get()).second) asked_.push_back(module);
}

}  // namespace dijitso
