// The exceptions of dijitso. Each message names the thing that went wrong and the remedy.
//
// Thread-safety: threads that waited for the same build get the same exception object; do not change it. An exception
// thrown by the caller's `generate` passes through unchanged and is not one of these.
#pragma once

#include <dijitso/export.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace dijitso {

// Base class of all exceptions of dijitso.
class DIJITSO_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~Error() override;
};

// An argument or parameter that cannot be used: an unknown name, a wrong type, a malformed signature, a refused flag.
// Nothing was changed or created, with one exception: for a refused flag, the directories of the cache may have been
// created, because only the compiler knows all flags, and it is asked after code has been generated.
class DIJITSO_API InvalidArgument : public Error {
 public:
  using Error::Error;
  ~InvalidArgument() override;
};

// The builder could not produce code: `generate` failed on another rank, or returned something unusable.
class DIJITSO_API GenerateFailed : public Error {
 public:
  using Error::Error;
  ~GenerateFailed() override;
};

enum class Severity { note, remark, warning, error, fatal };

// One message of the compiler. `line` and `column` count from 1; 0 means that there is no position.
struct Diagnostic {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  Severity severity = Severity::error;
  std::string message;
};

// The files that a failed build left for inspection; paths are empty when nothing could be written.
struct FailureFiles {
  std::string fail_dir;
  std::string src_filename;
  std::string cmd_filename;
  std::string readme_filename;
  std::string log_filename;
};

// The generated code does not compile.
class DIJITSO_API CompileFailed : public Error {
 public:
  CompileFailed(const std::string& message, std::vector<Diagnostic> diagnostics, FailureFiles files);
  ~CompileFailed() override;
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  const FailureFiles& files() const { return files_; }

 private:
  std::vector<Diagnostic> diagnostics_;
  FailureFiles files_;
};

// The compiled code cannot be linked into this process. `missing_symbols` are demangled.
class DIJITSO_API LinkFailed : public Error {
 public:
  LinkFailed(const std::string& message, std::vector<std::string> missing_symbols = {});
  ~LinkFailed() override;
  const std::vector<std::string>& missing_symbols() const { return missing_symbols_; }

 private:
  std::vector<std::string> missing_symbols_;
};

// The disk cache, or a component that is loaded at run time, cannot be used, and dijitso cannot continue without it.
class DIJITSO_API CacheError : public Error {
 public:
  using Error::Error;
  ~CacheError() override;
};

// A message from another rank is missing, damaged, or reports that rank's failure.
class DIJITSO_API CommunicationError : public Error {
 public:
  using Error::Error;
  ~CommunicationError() override;
};

}  // namespace dijitso
