// Clang reports through a consumer. This one keeps each message with its position, and lets Clang's own printer make
// the text with source lines and carets. Tested in unittests/compile/diagnostics_test.cpp.

#include "compile/frontend/diagnostics.h"

#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/SmallString.h>

namespace dijitso::compilation {
namespace {

Severity severity_of(clang::DiagnosticsEngine::Level level) {
  switch (level) {
    case clang::DiagnosticsEngine::Ignored:
    case clang::DiagnosticsEngine::Note:
      return Severity::note;
    case clang::DiagnosticsEngine::Remark:
      return Severity::remark;
    case clang::DiagnosticsEngine::Warning:
      return Severity::warning;
    case clang::DiagnosticsEngine::Error:
      return Severity::error;
    case clang::DiagnosticsEngine::Fatal:
      return Severity::fatal;
  }
  return Severity::fatal;
}

clang::DiagnosticOptions& with_line_directives(clang::DiagnosticOptions& options) {
  options.ShowPresumedLoc = true;
  return options;
}

}  // namespace

DiagnosticCollector::DiagnosticCollector(clang::DiagnosticOptions& options)
    : stream_(text_), printer_(stream_, with_line_directives(options)) {}

void DiagnosticCollector::BeginSourceFile(const clang::LangOptions& language, const clang::Preprocessor* preprocessor) {
  printer_.BeginSourceFile(language, preprocessor);
}

void DiagnosticCollector::EndSourceFile() { printer_.EndSourceFile(); }

void DiagnosticCollector::HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) {
  DiagnosticConsumer::HandleDiagnostic(level, info);  // counts errors and warnings
  const std::size_t begin = text_.size();
  printer_.HandleDiagnostic(level, info);
  stream_.flush();

  Diagnostic diagnostic;
  diagnostic.severity = severity_of(level);
  llvm::SmallString<256> message;
  info.FormatDiagnostic(message);
  diagnostic.message = message.str().str();
  if (info.hasSourceManager() && info.getLocation().isValid()) {
    const clang::PresumedLoc place = info.getSourceManager().getPresumedLoc(info.getLocation());
    if (place.isValid()) {
      diagnostic.file = place.getFilename();
      diagnostic.line = place.getLine();
      diagnostic.column = place.getColumn();
    }
  }
  messages_.push_back({std::move(diagnostic), text_.substr(begin)});
}

}  // namespace dijitso::compilation
