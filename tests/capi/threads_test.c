/* Eight threads on the same handles. */
#define _XOPEN_SOURCE 700
#include "capi.h"

#include <pthread.h>
#include <stdio.h>

enum { thread_count = 8, rounds = 20 };

typedef struct {
  int number;
  place_t* place;
  dijitso_jit_t* jit;
  dijitso_library_t* library;
  pthread_barrier_t* start;
} worker_t;

static void in_threads(void* (*work)(void*), place_t* place, dijitso_jit_t* jit, dijitso_library_t* library) {
  pthread_t threads[thread_count];
  worker_t workers[thread_count];
  pthread_barrier_t start;
  int i;
  pthread_barrier_init(&start, NULL, thread_count);
  for (i = 0; i < thread_count; ++i) {
    workers[i].number = i;
    workers[i].place = place;
    workers[i].jit = jit;
    workers[i].library = library;
    workers[i].start = &start;
    if (!CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0)) abort();
  }
  for (i = 0; i < thread_count; ++i) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&start);
}

static void* ask_for_one(void* argument) {
  const worker_t* self = argument;
  dijitso_error_t* e = NULL;
  int round;
  pthread_barrier_wait(self->start);
  for (round = 0; round < rounds; ++round) {
    dijitso_library_t* library = NULL;
    SUCCEEDS(dijitso_jit(self->jit, "one", self->place->params, give_source, "extern \"C\" int value() { return 5; }",
                         &library, &e));
    CHECK(value_of(library) == 5);
    dijitso_library_release(library);
    FAILS(dijitso_jit(self->jit, "wrong", self->place->params, give_source, "mistake", &library, &e),
          DIJITSO_COMPILE_FAILED, "mistake");
    if (round == rounds / 2) SUCCEEDS(dijitso_jit_forget(self->jit, NULL, &e));
  }
  return NULL;
}

void test_threads_same_module(void) {
  place_t place;
  dijitso_jit_t* jit = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  SUCCEEDS(dijitso_jit_create(&jit, &e));
  in_threads(ask_for_one, &place, jit, NULL);
  CHECK(counter(jit, DIJITSO_COUNTER_PUBLISHED) == 1);
  dijitso_jit_free(jit);
  close_place(&place);
}

static dijitso_status_t generate_number(const char* name, const char* signature, const dijitso_params_t* params,
                                        dijitso_reply_t* reply, void* number) {
  char source[128];
  int64_t bias = 0;
  dijitso_error_t* e = NULL;
  (void)name, (void)signature;
  SUCCEEDS(dijitso_params_get_int(params, "generator", "bias", &bias, &e));
  snprintf(source, sizeof source, "extern \"C\" int value() { return %d; }", *(int*)number + (int)bias);
  return dijitso_reply_set_source(reply, source, NULL);
}

static void* ask_for_many(void* argument) {
  const worker_t* self = argument;
  dijitso_error_t* e = NULL;
  int i;
  pthread_barrier_wait(self->start);
  /* Each begins with a module of its own, and then asks for those of the others. */
  for (i = 0; i < thread_count; ++i) {
    int number = (self->number + i) % thread_count;
    dijitso_library_t *library = NULL, *same = NULL;
    char name[16];
    snprintf(name, sizeof name, "m%d", number);
    SUCCEEDS(dijitso_jit(self->jit, name, self->place->params, generate_number, &number, &library, &e));
    CHECK(value_of(library) == number + 100);
    SUCCEEDS(dijitso_lookup_lib(self->jit, name, self->place->params, &same, &e));
    CHECK(dijitso_library_equal(library, same));
    dijitso_library_release(library);
    dijitso_library_release(same);
  }
  return NULL;
}

void test_threads_many_modules(void) {
  place_t place;
  dijitso_jit_t* jit = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  SUCCEEDS(dijitso_params_set_int(place.params, "generator", "bias", 100, &e));
  SUCCEEDS(dijitso_jit_create(&jit, &e));
  in_threads(ask_for_many, &place, jit, NULL);
  CHECK(counter(jit, DIJITSO_COUNTER_COMPILES) == thread_count);
  CHECK(counter(jit, DIJITSO_COUNTER_MEMORY_HITS) + counter(jit, DIJITSO_COUNTER_WAITS) >=
        thread_count * (thread_count - 1));
  dijitso_jit_free(jit);
  close_place(&place);
}

static void count_message(int level, const char* message, void* user_data) {
  (void)level, (void)message;
  ++*(int*)user_data; /* one message at a time */
}

static void* use_shared(void* argument) {
  const worker_t* self = argument;
  dijitso_error_t *e = NULL, *shared = NULL;
  int round;
  pthread_barrier_wait(self->start);
  for (round = 0; round < 10 * rounds; ++round) {
    const char* text = NULL;
    dijitso_params_t* copy = NULL;
    dijitso_library_retain(self->library);
    CHECK(value_of(self->library) == 5);
    dijitso_library_release(self->library);
    SUCCEEDS(dijitso_params_get_text(self->place->params, "cache", "src_storage", &text, &e));
    CHECK(strcmp(text, "keep") == 0);
    SUCCEEDS(dijitso_params_copy(self->place->params, &copy, &e));
    SUCCEEDS(dijitso_params_set_text(copy, "cache", "src_storage", "delete", &e));
    SUCCEEDS(dijitso_params_validate(copy, &e));
    dijitso_params_free(copy);
    CHECK(dijitso_library_symbol(self->library, "missing", (void*[]){NULL}, &shared) == DIJITSO_LINK_FAILED);
    CHECK(dijitso_error_missing_symbol_count(shared) == 1);
    dijitso_error_free(shared);
    SUCCEEDS(dijitso_log(DIJITSO_LEVEL_WARNING, "a message", &e));
  }
  return NULL;
}

void test_threads_shared_handles(void) {
  place_t place;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  int messages = 0;
  open_place(&place);
  SUCCEEDS(dijitso_set_log_handler(count_message, &messages, NULL, &e));
  SUCCEEDS(dijitso_jit(NULL, "m", place.params, give_source, "extern \"C\" int value() { return 5; }", &library, &e));
  SUCCEEDS(dijitso_params_set_text(place.params, "cache", "src_storage", "keep", &e)); /* to be resolved anew, by all */
  in_threads(use_shared, &place, NULL, library);
  CHECK(messages == thread_count * 10 * rounds);
  dijitso_library_release(library);
  SUCCEEDS(dijitso_set_log_handler(NULL, NULL, NULL, &e));
  close_place(&place);
}
