// Handles two cases in which LLVM, which is built without exceptions, would end the process: memory runs out, or LLVM
// meets a "fatal error".
//
// An exception passes through LLVM's frames all the same, but these do not clean up: locks stay locked, and objects
// stay half-changed. So the caller of LLVM may catch the exception, but must not use or destroy the objects that LLVM
// was working on. Header-only, because the linker's library and the compiler's use it and share no other code. Tested
// in tests/faults/memory_test.py.
#pragma once

#include <llvm/Support/ErrorHandling.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

namespace dijitso::llvm_config {

// A fatal error, with LLVM's text.
class GaveUp : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Makes LLVM throw std::bad_alloc or GaveUp instead of ending the process. Does nothing for a shared LLVM, which other
// code may use.
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

// Owns an object that LLVM works on in a scope. The object is leaked when an exception leaves the scope.
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
