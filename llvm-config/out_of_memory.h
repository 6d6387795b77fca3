// What happens when memory runs out inside LLVM, which is built without exceptions, or when it meets what it cannot go
// on from ("fatal error") and would end the process.
//
// An exception passes through LLVM's frames all the same, but nothing in them is undone: locks stay locked, and what
// was being worked on is left as it happened to be. So whoever calls LLVM may catch the exception, but must not touch,
// nor destroy, what LLVM was working on. Header-only: it serves the linker's library and the compiler's, which share
// nothing else. Tested in tests/faults/memory_test.py.
#pragma once

#include <llvm/Support/ErrorHandling.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

namespace dijitso::llvm_config {

// LLVM's own reason, for people.
class GaveUp : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Makes LLVM throw std::bad_alloc or GaveUp where it would end the process. An LLVM that is shared with others stays as
// it is.
inline void throw_instead_of_ending() {
#ifdef DIJITSO_STATIC_LLVM
  static const bool once = [] {
    llvm::install_bad_alloc_error_handler([](void*, const char*, bool) { throw std::bad_alloc(); });
    llvm::install_fatal_error_handler([](void*, const char* reason, bool) { throw GaveUp(reason); });
    return true;
  }();
  (void)once;
#endif
}

// Owns what LLVM works on in a scope. Left by an exception, that is never destroyed.
template <class Object>
class AbandonedOnThrow {
 public:
  template <class... Arguments>
  explicit AbandonedOnThrow(Arguments&&... arguments) : object_(new Object(std::forward<Arguments>(arguments)...)) {}
  AbandonedOnThrow(const AbandonedOnThrow&) = delete;
  AbandonedOnThrow& operator=(const AbandonedOnThrow&) = delete;
  ~AbandonedOnThrow() {
    if (std::uncaught_exceptions() == exceptions_) delete object_;
  }

  Object& operator*() const { return *object_; }
  Object* operator->() const { return object_; }

 private:
  const int exceptions_ = std::uncaught_exceptions();
  Object* const object_;
};

}  // namespace dijitso::llvm_config
