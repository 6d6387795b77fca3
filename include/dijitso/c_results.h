// What the functions of <dijitso/dijitso.h>, which includes this header, return besides handles: a status, the
// description of a failure, strings and lists of strings. C99, and C++.
#ifndef DIJITSO_C_RESULTS_H
#define DIJITSO_C_RESULTS_H

#include <dijitso/export.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int dijitso_status_t;
enum {
  DIJITSO_OK = 0,
  DIJITSO_INVALID_ARGUMENT = 1,     // an argument or parameter that cannot be used; nothing was changed
  DIJITSO_GENERATE_FAILED = 2,      // a builder produced no usable code
  DIJITSO_COMPILE_FAILED = 3,       // the code does not compile: diagnostics, failure files
  DIJITSO_LINK_FAILED = 4,          // the code cannot be linked: missing symbols
  DIJITSO_CACHE_ERROR = 5,          // the cache, or a necessary part of dijitso, cannot be used
  DIJITSO_COMMUNICATION_ERROR = 6,  // a message of another process is missing or damaged
  DIJITSO_CALLBACK_FAILED = 7,      // a callback returned a failure, or threw
  DIJITSO_OUT_OF_MEMORY = 8,
  DIJITSO_UNKNOWN = 99  // any other failure, such as that of the operating system
};

// ---------------------------------------------------------------------------------------------------------------------
// The description of a failure. It never changes, so any number of threads may read it. All getters accept NULL and any
// index, and then return 0 or "".

typedef struct dijitso_error_t dijitso_error_t;

typedef int dijitso_severity_t;
enum {
  DIJITSO_SEVERITY_NOTE = 0,
  DIJITSO_SEVERITY_REMARK = 1,
  DIJITSO_SEVERITY_WARNING = 2,
  DIJITSO_SEVERITY_ERROR = 3,
  DIJITSO_SEVERITY_FATAL = 4
};

// The files that a failed build left: names, "" when nothing could be written.
typedef int dijitso_failure_file_t;
enum {
  DIJITSO_FAIL_DIR = 0,
  DIJITSO_SRC_FILENAME = 1,
  DIJITSO_CMD_FILENAME = 2,
  DIJITSO_README_FILENAME = 3,
  DIJITSO_LOG_FILENAME = 4
};

DIJITSO_API dijitso_status_t dijitso_error_code(const dijitso_error_t* error);
DIJITSO_API const char* dijitso_error_message(const dijitso_error_t* error);

// Messages of the compiler. Lines and columns count from 1; 0 means that there is no position.
DIJITSO_API size_t dijitso_error_diagnostic_count(const dijitso_error_t* error);
DIJITSO_API const char* dijitso_error_diagnostic_file(const dijitso_error_t* error, size_t index);
DIJITSO_API unsigned dijitso_error_diagnostic_line(const dijitso_error_t* error, size_t index);
DIJITSO_API unsigned dijitso_error_diagnostic_column(const dijitso_error_t* error, size_t index);
DIJITSO_API dijitso_severity_t dijitso_error_diagnostic_severity(const dijitso_error_t* error, size_t index);
DIJITSO_API const char* dijitso_error_diagnostic_message(const dijitso_error_t* error, size_t index);

DIJITSO_API const char* dijitso_error_failure_file(const dijitso_error_t* error, dijitso_failure_file_t which);

// Demangled names of the undefined symbols.
DIJITSO_API size_t dijitso_error_missing_symbol_count(const dijitso_error_t* error);
DIJITSO_API const char* dijitso_error_missing_symbol(const dijitso_error_t* error, size_t index);

DIJITSO_API void dijitso_error_free(dijitso_error_t* error);

// ---------------------------------------------------------------------------------------------------------------------
// Strings and lists of strings that functions return; the caller frees them. A list never changes, so any number of
// threads may read it. NULL is an empty list; an index out of range gives "".

typedef struct dijitso_list_t dijitso_list_t;

DIJITSO_API size_t dijitso_list_size(const dijitso_list_t* list);
DIJITSO_API const char* dijitso_list_item(const dijitso_list_t* list, size_t index);
DIJITSO_API void dijitso_list_free(dijitso_list_t* list);
DIJITSO_API void dijitso_string_free(char* string);

#ifdef __cplusplus
}
#endif

#endif
