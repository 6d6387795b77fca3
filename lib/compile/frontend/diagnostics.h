// Collects Clang's diagnostics, as structures and as the text that an ordinary compiler prints.
#pragma once

#include "compile/pch/messages.h"

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <dijitso/error.h>
#include <llvm/Support/raw_ostream.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

class DiagnosticCollector : public clang::DiagnosticConsumer {
 public:
  // Changes the options: positions are those that #line directives give, in the text too.
  explicit DiagnosticCollector(clang::DiagnosticOptions& options);

  void BeginSourceFile(const clang::LangOptions& language, const clang::Preprocessor* preprocessor) override;
  void EndSourceFile() override;
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override;

  bool has_messages() const { return !messages_.empty(); }
  std::vector<Message> take_messages() { return std::move(messages_); }
  std::string take_text() { return std::move(text_); }

 private:
  std::vector<Message> messages_;
  std::string text_;
  llvm::raw_string_ostream stream_;
  clang::TextDiagnosticPrinter printer_;
};

}  // namespace dijitso::compilation
