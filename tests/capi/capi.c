/* Runs the tests that are named on the command line, in this process. */
#define _XOPEN_SOURCE 700
#include "capi.h"

#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int checks, failures;

int check(int truth, const char* what, const char* file, int line) {
  pthread_mutex_lock(&mutex);
  ++checks;
  if (!truth) {
    ++failures;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  }
  pthread_mutex_unlock(&mutex);
  return truth;
}

int check_contains(const char* text, const char* part, const char* file, int line) {
  if (check(strstr(text, part) != NULL, part, file, line)) return 1;
  fprintf(stderr, "  in: %s\n", text);
  return 0;
}

int check_status(dijitso_status_t status, dijitso_status_t expected, dijitso_error_t** error, const char* text,
                 const char* what, const char* file, int line) {
  int good = check(status == expected, what, file, line);
  good = check(dijitso_error_code(*error) == expected, what, file, line) && good;
  good = check((*error == NULL) == (expected == DIJITSO_OK), what, file, line) && good;
  if (!good) fprintf(stderr, "  status %d: %s\n", (int)status, dijitso_error_message(*error));
  if (expected != DIJITSO_OK) check_contains(dijitso_error_message(*error), text, file, line);
  dijitso_error_free(*error);
  *error = NULL;
  return good;
}

void open_place(place_t* place) {
  const char* parent = getenv("TMPDIR");
  char path[path_size];
  dijitso_error_t* e = NULL;
  snprintf(place->dir, sizeof place->dir, "%s/dijitso-capi-XXXXXX", parent ? parent : "/tmp");
  if (!mkdtemp(place->dir)) abort();
  SUCCEEDS(dijitso_params_create(&place->params, &e));
  SUCCEEDS(dijitso_params_set_text(place->params, "cache", "cache_dir", path_in(place, "cache", path), &e));
  SUCCEEDS(dijitso_params_set_text(place->params, "cache", "fail_dir_root", path_in(place, "failures", path), &e));
}

static int remove_one(const char* path, const struct stat* status, int kind, struct FTW* place) {
  (void)status, (void)kind, (void)place;
  return remove(path);
}

void close_place(place_t* place) {
  dijitso_params_free(place->params);
  CHECK(nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

const char* path_in(const place_t* place, const char* name, char* buffer) {
  snprintf(buffer, path_size, "%s/%s", place->dir, name);
  return buffer;
}

int file_exists(const char* path) { return access(path, F_OK) == 0; }

void write_file(const char* path, const char* text) {
  FILE* file;
  remove(path);
  file = fopen(path, "w");
  if (CHECK(file != NULL)) {
    fputs(text, file);
    fclose(file);
  }
}

dijitso_status_t give_source(const char* name, const char* signature, const dijitso_params_t* params,
                             dijitso_reply_t* reply, void* source) {
  (void)params;
  CHECK(strcmp(name, signature) == 0);
  return dijitso_reply_set_source(reply, source, NULL);
}

dijitso_status_t never(const char* name, const char* signature, const dijitso_params_t* params, dijitso_reply_t* reply,
                       void* unused) {
  (void)name, (void)signature, (void)params, (void)reply, (void)unused;
  CHECK(!"generate was called");
  return DIJITSO_GENERATE_FAILED;
}

int value_of(const dijitso_library_t* library) {
  dijitso_function_t function = NULL;
  dijitso_error_t* e = NULL;
  if (!SUCCEEDS(dijitso_library_function(library, "value", &function, &e))) return -1;
  return ((int (*)(void))function)();
}

uint64_t counter(dijitso_jit_t* jit, dijitso_counter_t which) {
  uint64_t value = 0;
  dijitso_error_t* e = NULL;
  SUCCEEDS(dijitso_jit_counter(jit, which, &value, &e));
  return value;
}

/* The list of tests is made of tests.inc: TEST(name) for each. */
#define TEST(name) void test_##name(void);
#include "tests.inc"
#undef TEST

static const struct {
  const char* name;
  void (*run)(void);
} tests[] = {
#define TEST(name) {#name, test_##name},
#include "tests.inc"
#undef TEST
};

int main(int argc, char** argv) {
  int i, found = 0;
  for (i = 1; i < argc; ++i) {
    size_t t;
    for (t = 0; t < sizeof tests / sizeof tests[0]; ++t)
      if (strcmp(argv[i], tests[t].name) == 0) {
        tests[t].run();
        ++found;
      }
  }
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0 || checks == 0 || found != argc - 1;
}
