// An exception as data: to be sent to other processes, handed out by the C API, told in other words, and thrown again.
// The one place that goes from the types of <dijitso/error.h> to their kinds and names, and back. Tested in
// unittests/support/failure_test.cpp.
#pragma once

#include <dijitso/error.h>

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

enum class ErrorKind {
  invalid_argument,
  generate_failed,
  compile_failed,
  link_failed,
  cache_error,
  communication_error,
  other,  // none of <dijitso/error.h>: a failure of the user's `generate`, or of the system
};

// The name of its type: "InvalidArgument", ...; `other` counts as "GenerateFailed", and so does an unknown name.
std::string_view name_of(ErrorKind kind);
ErrorKind kind_of_name(std::string_view name);

struct Failure {
  ErrorKind kind = ErrorKind::other;
  std::string message;
  std::vector<Diagnostic> diagnostics = {};  // of CompileFailed, as the next
  FailureFiles files = {};
  std::vector<std::string> missing_symbols = {};  // of LinkFailed
};

Failure describe(const std::exception_ptr& thrown);

// Throws an exception of the type that it has; its text follows after `prefix`.
[[noreturn]] void throw_again(const Failure& failure, const std::string& prefix = "");

// Returns the exception that `action` throws, or nullptr.
template <class Action>
std::exception_ptr failure_of(Action action) {
  try {
    action();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace dijitso
