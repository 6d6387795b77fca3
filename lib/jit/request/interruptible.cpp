// Tested in tests/jit/interrupt_test.cpp.

#include "jit/request/interruptible.h"

#include <utility>

namespace dijitso {
namespace {

thread_local const std::function<void()>* current = nullptr;

}  // namespace

Interrupted::~Interrupted() = default;

const char* Interrupted::what() const noexcept { return "the request was interrupted"; }

InterruptCheck::InterruptCheck(std::function<void()> check)
    : check_(std::move(check)), outer_(std::exchange(current, &check_)) {}

InterruptCheck::~InterruptCheck() { current = outer_; }

bool is_interruptible() { return current && *current; }

void check_interrupt() {
  if (!is_interruptible()) return;
  try {
    (*current)();
  } catch (...) {
    std::throw_with_nested(Interrupted());
  }
}

}  // namespace dijitso
