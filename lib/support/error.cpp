// The destructors are defined here so that all libraries and modules of a process share one type information for each
// exception and can catch each other's exceptions. Tested in unittests/support/error_test.cpp.
#include <dijitso/error.h>

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

}  // namespace dijitso
