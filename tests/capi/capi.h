/* What the tests of the C API share. Each test is a function that main() finds by its name. */
#ifndef TESTS_CAPI_H
#define TESTS_CAPI_H

#include <dijitso/dijitso.h>

#include <stdlib.h>
#include <string.h>

/* Notes a failure when `truth` is 0; gives `truth`. */
int check(int truth, const char* what, const char* file, int line);
#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)

/* The text contains the part; prints both when it does not. */
int check_contains(const char* text, const char* part, const char* file, int line);
#define CHECK_CONTAINS(text, part) check_contains(text, part, __FILE__, __LINE__)

/* What `call` with the last argument `&e` gives: success, or a failure of this code whose message contains `text`. */
int check_status(dijitso_status_t status, dijitso_status_t expected, dijitso_error_t** error, const char* text,
                 const char* what, const char* file, int line);
#define SUCCEEDS(call) check_status(call, DIJITSO_OK, &e, "", #call, __FILE__, __LINE__)
#define FAILS(call, code, text) check_status(call, code, &e, text, #call, __FILE__, __LINE__)
#define REFUSES(call, text) FAILS(call, DIJITSO_INVALID_ARGUMENT, text)

/* A directory of its own, and parameters for a cache in it. */
typedef struct {
  char dir[256];
  dijitso_params_t* params;
} place_t;

void open_place(place_t* place);
void close_place(place_t* place); /* removes the directory */

/* `<dir>/<name>`, in a buffer that the next call of the same thread's test reuses. */
const char* path_in(const place_t* place, const char* name, char* buffer);
enum { path_size = 512 };

int file_exists(const char* path);
void write_file(const char* path, const char* text);

/* A generate callback; the user data is the source. */
dijitso_status_t give_source(const char* name, const char* signature, const dijitso_params_t* params,
                             dijitso_reply_t* reply, void* source);

/* Does not expect to be called. */
dijitso_status_t never(const char* name, const char* signature, const dijitso_params_t* params, dijitso_reply_t* reply,
                       void* unused);

/* Of a module that defines `int value(void)` with C linkage. */
int value_of(const dijitso_library_t* library);

uint64_t counter(dijitso_jit_t* jit, dijitso_counter_t which);

#endif
