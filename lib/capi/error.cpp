// Converts exceptions to errors of the C API and back: a C callback may fail with an error that it got from dijitso,
// and failures travel as exceptions through the library to the caller of jit. Tested in tests/capi.
#include "capi/calls.h"

#include <new>
#include <stdexcept>
#include <utility>

namespace dijitso::capi {
namespace {

// A callback's failure that is not one of the library's own failures. C++ callers that waited for the same module get
// it as GenerateFailed.
class CallbackFailed : public GenerateFailed {
 public:
  explicit CallbackFailed(const dijitso_error_t& error) : GenerateFailed(error.message), error_(error) {}
  const dijitso_error_t& error() const { return error_; }

 private:
  dijitso_error_t error_;
};

// Used when there is no memory for another object.
dijitso_error_t& out_of_memory() {
  static dijitso_error_t error{{.message = "out of memory"}, DIJITSO_OUT_OF_MEMORY};
  return error;
}

// By ErrorKind.
constexpr dijitso_status_t codes[] = {DIJITSO_INVALID_ARGUMENT, DIJITSO_GENERATE_FAILED, DIJITSO_COMPILE_FAILED,
                                      DIJITSO_LINK_FAILED,      DIJITSO_CACHE_ERROR,     DIJITSO_COMMUNICATION_ERROR,
                                      DIJITSO_UNKNOWN};

dijitso_error_t describe(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const CallbackFailed& error) {
    return error.error();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::length_error& error) {  // a size larger than any memory
    return {{.message = error.what()}, DIJITSO_OUT_OF_MEMORY};
  } catch (...) {
    Failure failure = dijitso::describe(thrown);
    const dijitso_status_t code = codes[static_cast<std::size_t>(failure.kind)];
    return {std::move(failure), code};
  }
}

// Returns one of the file names.
const std::string* failure_file(const FailureFiles& files, dijitso_failure_file_t which) {
  switch (which) {
    case DIJITSO_FAIL_DIR:
      return &files.fail_dir;
    case DIJITSO_SRC_FILENAME:
      return &files.src_filename;
    case DIJITSO_CMD_FILENAME:
      return &files.cmd_filename;
    case DIJITSO_README_FILENAME:
      return &files.readme_filename;
    case DIJITSO_LOG_FILENAME:
      return &files.log_filename;
  }
  return nullptr;
}

const Diagnostic& diagnostic(const dijitso_error_t* error, std::size_t index) {
  static constinit forking::Once<const Diagnostic> none;
  if (error && index < error->diagnostics.size()) return error->diagnostics[index];
  return none.get([] { return Diagnostic{"", 0, 0, Severity::note, ""}; });
}

}  // namespace

dijitso_status_t report(const std::exception_ptr& failure, dijitso_error_t** error) try {
  dijitso_error_t described = describe(failure);
  const dijitso_status_t code = described.code;
  if (error) *error = new dijitso_error_t(std::move(described));
  return code;
} catch (const std::bad_alloc&) {
  if (error) *error = &out_of_memory();
  return DIJITSO_OUT_OF_MEMORY;
}

void raise(const dijitso_error_t& error) {
  if (error.kind == ErrorKind::other) throw CallbackFailed(error);
  throw_again(error);
}

}  // namespace dijitso::capi

using dijitso::capi::diagnostic;

dijitso_status_t dijitso_error_code(const dijitso_error_t* error) {
  return error ? error->code : dijitso_status_t{DIJITSO_OK};
}

const char* dijitso_error_message(const dijitso_error_t* error) { return error ? error->message.c_str() : ""; }

size_t dijitso_error_diagnostic_count(const dijitso_error_t* error) { return error ? error->diagnostics.size() : 0; }

const char* dijitso_error_diagnostic_file(const dijitso_error_t* error, size_t index) {
  return diagnostic(error, index).file.c_str();
}

unsigned dijitso_error_diagnostic_line(const dijitso_error_t* error, size_t index) {
  return diagnostic(error, index).line;
}

unsigned dijitso_error_diagnostic_column(const dijitso_error_t* error, size_t index) {
  return diagnostic(error, index).column;
}

dijitso_severity_t dijitso_error_diagnostic_severity(const dijitso_error_t* error, size_t index) {
  return static_cast<dijitso_severity_t>(diagnostic(error, index).severity);
}

const char* dijitso_error_diagnostic_message(const dijitso_error_t* error, size_t index) {
  return diagnostic(error, index).message.c_str();
}

const char* dijitso_error_failure_file(const dijitso_error_t* error, dijitso_failure_file_t which) {
  const std::string* file = error ? dijitso::capi::failure_file(error->files, which) : nullptr;
  return file ? file->c_str() : "";
}

size_t dijitso_error_missing_symbol_count(const dijitso_error_t* error) {
  return error ? error->missing_symbols.size() : 0;
}

const char* dijitso_error_missing_symbol(const dijitso_error_t* error, size_t index) {
  return error && index < error->missing_symbols.size() ? error->missing_symbols[index].c_str() : "";
}

void dijitso_error_free(dijitso_error_t* error) {
  if (error != &dijitso::capi::out_of_memory()) delete error;
}
