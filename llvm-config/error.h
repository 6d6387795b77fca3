// Converts LLVM's errors to exceptions of dijitso. Only this file converts them, so that none is dropped or aborts the
// process. Header-only, because the linker's library and the compiler's use it and share no other code. Tested in
// unittests/orc/session_test.cpp (damaged objects).
#pragma once

#include <dijitso/error.h>
#include <llvm/Support/Error.h>

#include <string>
#include <utility>

namespace dijitso::llvm_config {

// The text of an error. Marks the error as handled.
inline std::string take_message(llvm::Error error) { return llvm::toString(std::move(error)); }

// Throws LinkFailed "<what>: <text of the error>" unless there is none.
inline void check_link(llvm::Error error, const std::string& what) {
  if (error) throw LinkFailed(what + ": " + take_message(std::move(error)));
}

template <class T>
T check_link(llvm::Expected<T> value, const std::string& what) {
  if (!value) check_link(value.takeError(), what);
  return std::move(*value);
}

}  // namespace dijitso::llvm_config
