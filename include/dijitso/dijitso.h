// dijitso for C: generated code in, callable functions out. C99, and C++.
//
//     dijitso_params_t* params = NULL;
//     dijitso_library_t* library = NULL;
//     dijitso_function_t answer = NULL;
//     dijitso_error_t* error = NULL;
//     if (dijitso_params_create(&params, &error) ||
//         dijitso_jit(NULL, "answer", params, generate, NULL, &library, &error) ||
//         dijitso_library_function(library, "answer", &answer, &error))
//       fprintf(stderr, "%s\n", dijitso_error_message(error));
//     else
//       printf("%d\n", ((int (*)(void))answer)());
//
// where `generate` passes the text to dijitso_reply_set_source(). docs/c-api.md is a short guide.
//
// Errors (c_results.h). A function that can fail returns a status, and takes an `error` as its last argument. `error`
// may be NULL; otherwise *error becomes NULL on success, and on failure a new object that the caller frees (the
// previous value of *error is not freed). On failure every other result is NULL or 0. A NULL where none is allowed is
// DIJITSO_INVALID_ARGUMENT. No C++ exception leaves a function of this header: one that a callback written in C++
// throws becomes a status too.
//
// Strings are UTF-8 and end with NUL. Arguments are copied. A `const char*` result belongs to the object that the
// function was called for; a `char*` result is the caller's, who frees it with dijitso_string_free().
//
// Handles. Each type has a function that frees it, which accepts NULL too. The order does not matter: a library keeps
// alive what it needs. Thread-safety: functions may be called from any thread; the comment of each type says whether
// several threads may use one handle at once. Versions: the values of named numbers never change, and later versions
// add new ones; they are passed as int, so that unknown values can be represented.
//
// Not in this header: the documented functions that write single files of a cache, and those of the module system. The
// C++ headers have them all, and the program dijitso-cache shows the contents of a cache.
#ifndef DIJITSO_DIJITSO_H
#define DIJITSO_DIJITSO_H

#include <dijitso/c_results.h>
#include <dijitso/export.h>
#include <dijitso/version.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---------------------------------------------------------------------------------------------------------------------
// Parameters. Each value comes from the first that gives it: this object, the environment, the configuration file, the
// defaults. <dijitso/params.h> lists the parameters of the categories "cache" and "build"; "generator" has those that
// the program sets.
//
// Any number of threads may call functions that take a `const dijitso_params_t*` at once; a handle may be set or freed
// only while no other thread uses it. The first use after a change reads environment and configuration file; work that
// was started before does not see a later change.

typedef struct dijitso_params_t dijitso_params_t;

typedef int dijitso_kind_t;
enum {
  DIJITSO_KIND_NONE = 0,
  DIJITSO_KIND_BOOL = 1,
  DIJITSO_KIND_INT = 2,
  DIJITSO_KIND_DOUBLE = 3,
  DIJITSO_KIND_TEXT = 4,
  DIJITSO_KIND_LIST = 5
};

DIJITSO_API dijitso_status_t dijitso_params_create(dijitso_params_t** params, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_copy(const dijitso_params_t* params, dijitso_params_t** copy,
                                                 dijitso_error_t** error);
DIJITSO_API void dijitso_params_free(dijitso_params_t* params);

// Sets one value. An unknown category or name is refused at once, with the nearest valid one; dijitso_params_validate()
// or the first use checks the value. Texts are accepted where the environment accepts them: "yes" for a bool, one text
// for a list. None means "not given".
DIJITSO_API dijitso_status_t dijitso_params_set_none(dijitso_params_t* params, const char* category, const char* name,
                                                     dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_set_bool(dijitso_params_t* params, const char* category, const char* name,
                                                     int value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_set_int(dijitso_params_t* params, const char* category, const char* name,
                                                    int64_t value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_set_double(dijitso_params_t* params, const char* category, const char* name,
                                                       double value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_set_text(dijitso_params_t* params, const char* category, const char* name,
                                                     const char* value, dijitso_error_t** error);
// `items` may be NULL when `count` is 0.
DIJITSO_API dijitso_status_t dijitso_params_set_list(dijitso_params_t* params, const char* category, const char* name,
                                                     const char* const* items, size_t count, dijitso_error_t** error);

// Checks all values.
DIJITSO_API dijitso_status_t dijitso_params_validate(const dijitso_params_t* params, dijitso_error_t** error);

// The names of a category, sorted.
DIJITSO_API dijitso_status_t dijitso_params_names(const dijitso_params_t* params, const char* category,
                                                  dijitso_list_t** names, dijitso_error_t** error);

// The effective value. INVALID_ARGUMENT when it is of another kind, for an unknown name, and for everything that
// validate refuses. The text is valid until the parameters are changed or freed; the list is the caller's.
DIJITSO_API dijitso_status_t dijitso_params_kind(const dijitso_params_t* params, const char* category, const char* name,
                                                 dijitso_kind_t* kind, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_get_bool(const dijitso_params_t* params, const char* category,
                                                     const char* name, int* value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_get_int(const dijitso_params_t* params, const char* category,
                                                    const char* name, int64_t* value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_get_double(const dijitso_params_t* params, const char* category,
                                                       const char* name, double* value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_get_text(const dijitso_params_t* params, const char* category,
                                                     const char* name, const char** value, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_params_get_list(const dijitso_params_t* params, const char* category,
                                                     const char* name, dijitso_list_t** value, dijitso_error_t** error);

// ---------------------------------------------------------------------------------------------------------------------
// Callbacks. Each runs on the thread that called dijitso_jit, with no lock held, and may call dijitso itself. It passes
// its result to `reply`, which is valid until the callback returns and may be used only by its thread, and returns
// DIJITSO_OK. It must neither end its thread nor leave by longjmp. When it returns anything else, the request fails
//   - with a copy of the error given to dijitso_reply_set_error(), such as that of a dijitso_jit inside `generate`;
//   - otherwise with DIJITSO_GENERATE_FAILED, if it returned that;
//   - otherwise with DIJITSO_CALLBACK_FAILED.
// In the last two cases the message contains the text of dijitso_reply_set_message().
// When the callback throws (it may be written in C++), the request fails with the code of a dijitso::Error, otherwise
// with DIJITSO_CALLBACK_FAILED and the message of the exception.

typedef struct dijitso_reply_t dijitso_reply_t;

// For `generate`: the text of the header (which may stay empty) and of the source, and the signatures of the modules
// whose headers it includes and whose functions it calls.
DIJITSO_API dijitso_status_t dijitso_reply_set_header(dijitso_reply_t* reply, const char* text,
                                                      dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_reply_set_source(dijitso_reply_t* reply, const char* text,
                                                      dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_reply_add_dependency(dijitso_reply_t* reply, const char* signature,
                                                          dijitso_error_t** error);
// For `receive`: `size` bytes.
DIJITSO_API dijitso_status_t dijitso_reply_set_bytes(dijitso_reply_t* reply, const void* bytes, size_t size,
                                                     dijitso_error_t** error);
// For all callbacks: why the callback fails.
DIJITSO_API dijitso_status_t dijitso_reply_set_message(dijitso_reply_t* reply, const char* text,
                                                       dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_reply_set_error(dijitso_reply_t* reply, const dijitso_error_t* cause,
                                                     dijitso_error_t** error);

// Called at most once for a miss. `params` are the parameters of the request, with the generator's in the category
// "generator"; `name` and `params` are valid until the callback returns.
typedef dijitso_status_t (*dijitso_generate_t)(const char* name, const char* signature, const dijitso_params_t* params,
                                               dijitso_reply_t* reply, void* user_data);

// The documented roles for builds that several processes share; each function may be NULL. A builder (with `generate`)
// calls `send` with the module that it has built or found in its cache, or with its failure. A receiver (with
// `receive`) calls that, and stores the received module in its cache. All processes, also those with neither, call
// `wait` once before they load the module. They do so for every request that is not answered from memory, whatever the
// caches hold, so that no process waits for one that does not take part. Processes whose memories differ must not share
// a build, because one that has the module in memory calls none of the three. `bytes` are valid until `send` returns.
typedef struct dijitso_exchange_t {
  size_t struct_size;  // sizeof(dijitso_exchange_t), which identifies the version of the caller's header
  void* user_data;
  dijitso_status_t (*send)(const void* bytes, size_t size, dijitso_reply_t* reply, void* user_data);
  dijitso_status_t (*receive)(dijitso_reply_t* reply, void* user_data);
  dijitso_status_t (*wait)(dijitso_reply_t* reply, void* user_data);
} dijitso_exchange_t;

// ---------------------------------------------------------------------------------------------------------------------
// Compiled code in this process, with counted references: a function that returns a library gives one reference, which
// the caller releases. While there is one, the code and its dependencies stay loaded; the last release runs its static
// destructors, and addresses must not be used after that. Any number of threads may use and retain a library at once.

typedef struct dijitso_library_t dijitso_library_t;

// Cast it to the actual type of the function.
typedef void (*dijitso_function_t)(void);
typedef void* (*dijitso_factory_function_t)(void);

DIJITSO_API void dijitso_library_retain(dijitso_library_t* library);
DIJITSO_API void dijitso_library_release(dijitso_library_t* library);

// 1 when both are the same loaded code, otherwise 0. NULL equals only NULL.
DIJITSO_API int dijitso_library_equal(const dijitso_library_t* a, const dijitso_library_t* b);

// The name under which the module was requested; valid as long as the library.
DIJITSO_API dijitso_status_t dijitso_library_signature(const dijitso_library_t* library, const char** signature,
                                                       dijitso_error_t** error);
// The address of a variable or function by its linker name. NULL, which is not a failure, when the module does not
// define it.
DIJITSO_API dijitso_status_t dijitso_library_find(const dijitso_library_t* library, const char* symbol, void** address,
                                                  dijitso_error_t** error);
// The same, but LINK_FAILED, with the name, when it is not defined; dijitso_library_function returns it as a function.
DIJITSO_API dijitso_status_t dijitso_library_symbol(const dijitso_library_t* library, const char* symbol,
                                                    void** address, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_library_function(const dijitso_library_t* library, const char* symbol,
                                                      dijitso_function_t* function, dijitso_error_t** error);
// The declaration of what the module exports under this name, such as "double f(double x)", as its compiler knew it. ""
// when it exports no such name, or its compiler was an older version, which recorded none.
DIJITSO_API dijitso_status_t dijitso_library_prototype(const dijitso_library_t* library, const char* name,
                                                       char** declaration, dijitso_error_t** error);
// With build.tier = auto: waits until the library and all its dependencies run optimised code. 1 then; 0 when one of
// them keeps its quick code.
DIJITSO_API dijitso_status_t dijitso_library_wait_optimized(const dijitso_library_t* library, int* optimized,
                                                            dijitso_error_t** error);
// Documented: extract_factory_function(lib, name).
DIJITSO_API dijitso_status_t dijitso_extract_factory_function(const dijitso_library_t* library, const char* name,
                                                              dijitso_factory_function_t* function,
                                                              dijitso_error_t** error);

// ---------------------------------------------------------------------------------------------------------------------
// The compiler and linker, with a memory of loaded modules. Where a function takes a `dijitso_jit_t*`, NULL means the
// one that the whole process shares. Any number of threads may use one at once. Free it when no thread uses it, and not
// in a callback.

typedef struct dijitso_jit_t dijitso_jit_t;

DIJITSO_API dijitso_status_t dijitso_jit_create(dijitso_jit_t** jit, dijitso_error_t** error);
DIJITSO_API void dijitso_jit_free(dijitso_jit_t* jit);

// Documented: jit(jitable, name, params, generate): the library of that name, from memory, from the cache, or built
// from the result of `generate`. `name` must identify the code; it has 1 to 200 letters, digits, "_", ".", "+" and "-".
// Without `generate` (NULL), a miss is INVALID_ARGUMENT. One module that many threads ask for is built once; the others
// wait and get the same library or an error of the same content.
DIJITSO_API dijitso_status_t dijitso_jit(dijitso_jit_t* jit, const char* name, const dijitso_params_t* params,
                                         dijitso_generate_t generate, void* user_data, dijitso_library_t** library,
                                         dijitso_error_t** error);
// The same with the documented send, receive and wait. `exchange` is read before anything is done, and may be NULL.
DIJITSO_API dijitso_status_t dijitso_jit_exchange(dijitso_jit_t* jit, const char* name, const dijitso_params_t* params,
                                                  dijitso_generate_t generate, void* user_data,
                                                  const dijitso_exchange_t* exchange, dijitso_library_t** library,
                                                  dijitso_error_t** error);

// How to compile a text. What is NULL, or a count of 0, is not given: begin with `= {0}` and struct_size.
typedef struct dijitso_compile_options_t {
  size_t struct_size;        // sizeof(dijitso_compile_options_t), which identifies the version of the caller's header
  const char* name;          // for people: the signature begins with it
  const char* language;      // "c" (by default) or "c++"
  const char* standard;      // as in -std=: by default "gnu17" or "c++20"
  const char* const* flags;  // after "-O2", or after "-O0 -g" with build.debug
  size_t flag_count;
  const char* const* include_dirs;
  size_t include_dir_count;
  const char* const* libraries;  // as in -l, or the names of files
  size_t library_count;
  const char* const* library_dirs;
  size_t library_dir_count;
  const dijitso_library_t* const* dependencies;  // whose functions and variables the text declares and uses
  size_t dependency_count;
  const dijitso_params_t* params;  // for the cache and everything else; flags in them are not used
} dijitso_compile_options_t;

// Compiles a text with the jit of the process: the same text with the same options is compiled once, and later taken
// from memory or from the cache. `options` may be NULL. They are read before anything is done.
DIJITSO_API dijitso_status_t dijitso_compile(const char* source, const dijitso_compile_options_t* options,
                                             dijitso_library_t** library, dijitso_error_t** error);
// The same for a file, to whose lines messages refer, and whose directory is searched for headers. It is C++ unless its
// name ends in ".c" or `options` name a language.
DIJITSO_API dijitso_status_t dijitso_compile_file(const char* filename, const dijitso_compile_options_t* options,
                                                  dijitso_library_t** library, dijitso_error_t** error);

// Documented: jit_signature(name, params): `<name>_<digest of the generator and build parameters>`.
DIJITSO_API dijitso_status_t dijitso_jit_signature(const char* name, const dijitso_params_t* params, char** signature,
                                                   dijitso_error_t** error);

// Documented: lookup_lib and load_library: a module by its name alone, the first from memory or else from the cache,
// the second from the cache. *library is NULL, which is not a failure, when there is none.
DIJITSO_API dijitso_status_t dijitso_lookup_lib(dijitso_jit_t* jit, const char* signature,
                                                const dijitso_params_t* params, dijitso_library_t** library,
                                                dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_load_library(dijitso_jit_t* jit, const char* signature,
                                                  const dijitso_params_t* params, dijitso_library_t** library,
                                                  dijitso_error_t** error);

// Documented: build_shared_library(signature, header, source, dependencies, params): makes a library for dlopen in the
// cache, and returns its file name. `header` may be NULL, and so may `dependencies` when `dependency_count` is 0.
DIJITSO_API dijitso_status_t dijitso_build_shared_library(dijitso_jit_t* jit, const char* signature, const char* header,
                                                          const char* source, const char* const* dependencies,
                                                          size_t dependency_count, const dijitso_params_t* params,
                                                          char** filename, dijitso_error_t** error);

// Forgets the loaded modules of one cache directory, or all when it is NULL: the next request searches the cache again.
// Libraries in use stay valid.
DIJITSO_API dijitso_status_t dijitso_jit_forget(dijitso_jit_t* jit, const char* cache_dir, dijitso_error_t** error);

// How often each event happened since the jit was made; <dijitso/jit.h> explains them.
typedef int dijitso_counter_t;
enum {
  DIJITSO_COUNTER_MEMORY_HITS = 0,
  DIJITSO_COUNTER_DISK_HITS = 1,
  DIJITSO_COUNTER_COMPILES = 2,
  DIJITSO_COUNTER_WAITS = 3,
  DIJITSO_COUNTER_QUARANTINED = 4,
  DIJITSO_COUNTER_PUBLISHED = 5,
  DIJITSO_COUNTER_FALLBACKS = 6,
  DIJITSO_COUNTER_PRECOMPILED = 7,
  DIJITSO_COUNTER_QUICK = 8,
  DIJITSO_COUNTER_OPTIMIZED = 9
};

DIJITSO_API dijitso_status_t dijitso_jit_counter(dijitso_jit_t* jit, dijitso_counter_t counter, uint64_t* value,
                                                 dijitso_error_t** error);

// ---------------------------------------------------------------------------------------------------------------------
// The cache directory of `params`. `categories` are among "inc", "src", "lib", "log" and "obj"; NULL with `count` 0
// means the documented default of each function.

// Documented: create_inc_filename and so on: the path of a file of a module, whether it exists or not. Not for "obj",
// because a module may have several.
DIJITSO_API dijitso_status_t dijitso_cache_filename(const dijitso_params_t* params, const char* category,
                                                    const char* signature, char** filename, dijitso_error_t** error);
// Documented: glob_cache and clean_cache: the paths of all files; clean deletes them unless `dryrun` is 1. "lib"
// includes "obj" when cleaning; the jit of the process forgets what is deleted.
DIJITSO_API dijitso_status_t dijitso_cache_glob(const dijitso_params_t* params, const char* const* categories,
                                                size_t count, dijitso_list_t** paths, dijitso_error_t** error);
DIJITSO_API dijitso_status_t dijitso_cache_clean(const dijitso_params_t* params, int dryrun,
                                                 const char* const* categories, size_t count, dijitso_list_t** paths,
                                                 dijitso_error_t** error);
// Documented: grep_cache, as lines `<path>:<line number>:<text>`. `signature` is NULL for all modules.
DIJITSO_API dijitso_status_t dijitso_cache_grep(const dijitso_params_t* params, const char* regex,
                                                const char* signature, const char* const* categories, size_t count,
                                                dijitso_list_t** lines, dijitso_error_t** error);
// Documented: check_cache_integrity, as lines `<path>: <reason>`; empty when there are no problems.
DIJITSO_API dijitso_status_t dijitso_cache_check(const dijitso_params_t* params, dijitso_list_t** lines,
                                                 dijitso_error_t** error);

// ---------------------------------------------------------------------------------------------------------------------
// Messages. They go to standard error unless there is a handler.

typedef int dijitso_level_t;
enum { DIJITSO_LEVEL_DEBUG = 10, DIJITSO_LEVEL_INFO = 20, DIJITSO_LEVEL_WARNING = 30, DIJITSO_LEVEL_ERROR = 40 };

// Called for one message at a time, by any thread that uses dijitso. It must not wait for another thread that uses
// dijitso. `message` is valid until it returns.
typedef void (*dijitso_log_handler_t)(int level, const char* message, void* user_data);

// Messages below `level` are dropped; any number is allowed, and WARNING is the default.
DIJITSO_API void dijitso_set_log_level(int level);
// NULL restores standard error. `release` (may be NULL) is called with `user_data` when the handler has been replaced
// and no longer runs: at once, or by the thread that is running it. It is also called when this function fails.
DIJITSO_API dijitso_status_t dijitso_set_log_handler(dijitso_log_handler_t handler, void* user_data,
                                                     void (*release)(void* user_data), dijitso_error_t** error);
// A message of the program itself.
DIJITSO_API dijitso_status_t dijitso_log(int level, const char* message, dijitso_error_t** error);

// ---------------------------------------------------------------------------------------------------------------------
// The version of the loaded library, as "0.1.0" (never freed), and as major * 10000 + minor * 100 + patch.
// <dijitso/version.h> has the version of the headers.
DIJITSO_API const char* dijitso_version(void);
DIJITSO_API int dijitso_version_number(void);

#ifdef __cplusplus
}
#endif

#endif
