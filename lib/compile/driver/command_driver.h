// Clang's driver for compiler commands. The flags are those of a person or a build system, so they are kept as they
// were given; what they mean, and what is wrong with them, the driver says in its own words.
#pragma once

#include "compile/compiler.h"

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Driver/Compilation.h>
#include <clang/Driver/Driver.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>

#include <memory>
#include <string>
#include <vector>

namespace dijitso::compilation {

// One run of the driver.
class CommandDriver {
 public:
  // `words` begin with the name of the program, which messages begin with. Throws InvalidArgument for flags that are
  // refused. `files` is where the driver looks for the toolchain; the disk when it is nullptr.
  CommandDriver(std::vector<std::string> words, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files);
  CommandDriver(const CommandDriver&) = delete;
  CommandDriver& operator=(const CommandDriver&) = delete;

  clang::driver::Driver& driver() { return driver_; }

  // The plan; nullptr when there is none. Call it once.
  std::unique_ptr<clang::driver::Compilation> build();

  bool has_errors() const { return engine_.hasErrorOccurred(); }
  const std::string& messages() const { return text_; }

 private:
  const std::vector<std::string> words_;
  const std::vector<const char*> pointers_;
  const std::unique_ptr<clang::DiagnosticOptions> options_;
  std::string text_;
  llvm::raw_string_ostream stream_;
  clang::TextDiagnosticPrinter printer_;
  clang::DiagnosticsEngine engine_;
  clang::driver::Driver driver_;
};

// The name that messages of a command begin with.
std::string program_name(bool is_cxx_driver);

// The words that each command has before those of the user.
std::vector<std::string> first_words(bool is_cxx_driver, const HeaderPacks& packs);

// The arguments of the compiler proper for a request that has a `command`. Appends warnings to `messages`. Throws
// InvalidArgument for flags that are refused, by dijitso or by the driver.
std::vector<std::string> command_arguments(const CompileRequest& request, std::string& messages);

}  // namespace dijitso::compilation
