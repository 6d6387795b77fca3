// The destructors are defined here so that all libraries and modules of a process share one type information for each
// exception and can catch each other's exceptions. Tested in unittests/support/error_test.cpp and failure_test.cpp.
#include <dijitso/error.h>

#include "support/failure.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dijitso {

Error::~Error() = default;
InvalidArgument::~InvalidArgument() = default;
GenerateFailed::~GenerateFailed() = default;
CompileFailed::~CompileFailed() = default;
LinkFailed::~LinkFailed() = default;
CacheError::~CacheError() = default;
CommunicationError::~CommunicationError() = default;

CompileFailed::CompileFailed(const std::string& message, std::vector<Diagnostic> diagnostics, FailureFiles files)
    : Error(message), diagnostics_(std::move(diagnostics)), files_(std::move(files)) {}

LinkFailed::LinkFailed(const std::string& message, std::vector<std::string> missing_symbols)
    : Error(message), missing_symbols_(std::move(missing_symbols)) {}

namespace {

constexpr std::string_view names[] = {"InvalidArgument", "GenerateFailed",     "CompileFailed", "LinkFailed",
                                      "CacheError",      "CommunicationError", "GenerateFailed"};

}  // namespace

std::string_view name_of(ErrorKind kind) { return names[static_cast<std::size_t>(kind)]; }

ErrorKind kind_of_name(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == std::end(names) ? ErrorKind::generate_failed : static_cast<ErrorKind>(found - names);
}

Failure describe(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const InvalidArgument& error) {
    return {ErrorKind::invalid_argument, error.what()};
  } catch (const GenerateFailed& error) {
    return {ErrorKind::generate_failed, error.what()};
  } catch (const CompileFailed& error) {
    return {ErrorKind::compile_failed, error.what(), error.diagnostics(), error.files()};
  } catch (const LinkFailed& error) {
    return {.kind = ErrorKind::link_failed, .message = error.what(), .missing_symbols = error.missing_symbols()};
  } catch (const CacheError& error) {
    return {ErrorKind::cache_error, error.what()};
  } catch (const CommunicationError& error) {
    return {ErrorKind::communication_error, error.what()};
  } catch (const std::exception& error) {
    return {ErrorKind::other, error.what()};
  } catch (...) {
    return {ErrorKind::other, "an exception that is not a std::exception"};
  }
}

void throw_again(const Failure& failure, const std::string& prefix) {
  const std::string text = prefix + failure.message;
  switch (failure.kind) {
    case ErrorKind::invalid_argument:
      throw InvalidArgument(text);
    case ErrorKind::compile_failed:
      throw CompileFailed(text, failure.diagnostics, failure.files);
    case ErrorKind::link_failed:
      throw LinkFailed(text, failure.missing_symbols);
    case ErrorKind::cache_error:
      throw CacheError(text);
    case ErrorKind::communication_error:
      throw CommunicationError(text);
    case ErrorKind::generate_failed:
    case ErrorKind::other:
      break;
  }
  throw GenerateFailed(text);
}

}  // namespace dijitso
