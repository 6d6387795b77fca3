/* jit and what belongs to it. */
#include "capi.h"

#include <dlfcn.h>

#define VALUE(number) "extern \"C\" int value() { return " #number "; }\n"

/* Puts something else into every file of a category. */
static void damage(const place_t* place, const char* category) {
  dijitso_list_t* paths = NULL;
  dijitso_error_t* e = NULL;
  size_t i;
  SUCCEEDS(dijitso_cache_glob(place->params, &category, 1, &paths, &e));
  CHECK(dijitso_list_size(paths) > 0);
  for (i = 0; i < dijitso_list_size(paths); ++i) write_file(dijitso_list_item(paths, i), "damaged");
  dijitso_list_free(paths);
}

void test_jit_main_path(void) {
  place_t place;
  dijitso_jit_t* jit = NULL;
  dijitso_library_t *library = NULL, *again = NULL;
  dijitso_error_t* e = NULL;
  char *signature = NULL, *other = NULL;
  open_place(&place);
  SUCCEEDS(dijitso_jit_create(&jit, &e));

  SUCCEEDS(dijitso_params_set_int(place.params, "generator", "n", 1, &e));
  SUCCEEDS(dijitso_jit_signature("m", place.params, &signature, &e));
  CHECK(strncmp(signature, "m_", 2) == 0 && strlen(signature) == 42);
  SUCCEEDS(dijitso_params_set_int(place.params, "generator", "n", 2, &e));
  SUCCEEDS(dijitso_jit_signature("m", place.params, &other, &e));
  CHECK(strcmp(signature, other) != 0);

  SUCCEEDS(dijitso_jit(jit, other, place.params, give_source, VALUE(7), &library, &e));
  CHECK(value_of(library) == 7);
  SUCCEEDS(dijitso_jit(jit, other, place.params, never, NULL, &again, &e));
  CHECK(value_of(again) == 7);
  dijitso_library_release(again);

  /* A library outlives the jit that made it. */
  dijitso_jit_free(jit);
  CHECK(value_of(library) == 7);
  dijitso_library_release(library);
  dijitso_string_free(signature);
  dijitso_string_free(other);
  close_place(&place);
}

static void request(dijitso_jit_t* jit, const place_t* place, const char* name, char* source) {
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  if (SUCCEEDS(dijitso_jit(jit, name, place->params, source ? give_source : never, source, &library, &e)))
    CHECK(value_of(library) == 5);
  dijitso_library_release(library);
}

static void ignore_message(int level, const char* message, void* count) {
  CHECK(level == DIJITSO_LEVEL_WARNING && message[0]);
  ++*(int*)count;
}

void test_jit_counters(void) {
  place_t place;
  dijitso_jit_t* jit = NULL;
  dijitso_error_t* e = NULL;
  char path[path_size];
  uint64_t value = 9;
  int warnings = 0;
  open_place(&place);
  SUCCEEDS(dijitso_set_log_handler(ignore_message, &warnings, NULL, &e));
  SUCCEEDS(dijitso_jit_create(&jit, &e));
  request(jit, &place, "m", VALUE(5));
  CHECK(counter(jit, DIJITSO_COUNTER_COMPILES) == 1 && counter(jit, DIJITSO_COUNTER_PUBLISHED) == 1);
  request(jit, &place, "m", NULL);
  CHECK(counter(jit, DIJITSO_COUNTER_MEMORY_HITS) == 1 && counter(jit, DIJITSO_COUNTER_DISK_HITS) == 0);
  SUCCEEDS(dijitso_jit_forget(jit, "/another/cache", &e));
  request(jit, &place, "m", NULL);
  CHECK(counter(jit, DIJITSO_COUNTER_MEMORY_HITS) == 2);
  SUCCEEDS(dijitso_jit_forget(jit, path_in(&place, "cache", path), &e));
  request(jit, &place, "m", NULL);
  CHECK(counter(jit, DIJITSO_COUNTER_MEMORY_HITS) == 2 && counter(jit, DIJITSO_COUNTER_DISK_HITS) == 1);
  SUCCEEDS(dijitso_jit_forget(jit, NULL, &e));
  CHECK(counter(jit, DIJITSO_COUNTER_QUARANTINED) == 0 && warnings == 0);
  damage(&place, "obj");
  request(jit, &place, "m", VALUE(5));
  CHECK(counter(jit, DIJITSO_COUNTER_QUARANTINED) == 1 && warnings == 1);

  SUCCEEDS(dijitso_params_set_text(place.params, "cache", "cache_dir", path_in(&place, "file", path), &e));
  write_file(path, "not a directory");
  request(jit, &place, "m", VALUE(5));
  CHECK(counter(jit, DIJITSO_COUNTER_PRECOMPILED) == 0);
  CHECK(counter(jit, DIJITSO_COUNTER_FALLBACKS) == 1 && counter(jit, DIJITSO_COUNTER_WAITS) == 0);
  REFUSES(dijitso_jit_counter(jit, (dijitso_counter_t)77, &value, &e), "no counter 77");
  CHECK(value == 0);
  dijitso_jit_free(jit);
  SUCCEEDS(dijitso_set_log_handler(NULL, NULL, NULL, &e));
  close_place(&place);
}

void test_jit_by_name(void) {
  place_t place;
  dijitso_jit_t* jit = NULL;
  dijitso_library_t *library = (dijitso_library_t*)&place, *same = NULL, *loaded = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  SUCCEEDS(dijitso_jit_create(&jit, &e));
  SUCCEEDS(dijitso_lookup_lib(jit, "m", place.params, &library, &e));
  CHECK(library == NULL);
  SUCCEEDS(dijitso_load_library(jit, "m", place.params, &library, &e));
  CHECK(library == NULL);
  SUCCEEDS(dijitso_jit(jit, "m", place.params, give_source, VALUE(7), &library, &e));
  SUCCEEDS(dijitso_lookup_lib(jit, "m", place.params, &same, &e));
  CHECK(dijitso_library_equal(library, same));
  SUCCEEDS(dijitso_jit_forget(jit, NULL, &e));
  SUCCEEDS(dijitso_load_library(jit, "m", place.params, &loaded, &e));
  CHECK(!dijitso_library_equal(library, loaded) && value_of(loaded) == 7);
  dijitso_library_release(library);
  dijitso_library_release(same);
  SUCCEEDS(dijitso_lookup_lib(NULL, "m", place.params, &same, &e)); /* the jit of the process finds it on disk */
  CHECK(value_of(same) == 7);
  dijitso_library_release(same);
  dijitso_library_release(loaded);
  dijitso_jit_free(jit);
  close_place(&place);
}

void test_jit_shared_library(void) {
  place_t place;
  const char* dependencies[] = {"base"};
  dijitso_library_t* base = NULL;
  dijitso_error_t* e = NULL;
  char *filename = NULL, *expected = NULL;
  void* handle;
  open_place(&place);
  SUCCEEDS(dijitso_jit(NULL, "base", place.params, give_source, "int base() { return 40; }", &base, &e));
  SUCCEEDS(dijitso_build_shared_library(NULL, "user", "int user();",
                                        "int base();\n#include <user.h>\nint user() { return base() + 2; }\n"
                                        "extern \"C\" int value() { return user(); }",
                                        dependencies, 1, place.params, &filename, &e));
  SUCCEEDS(dijitso_cache_filename(place.params, "lib", "user", &expected, &e));
  CHECK(strcmp(filename, expected) == 0);
  handle = dlopen(filename, RTLD_NOW | RTLD_LOCAL);
  if (CHECK(handle != NULL)) {
    int (*value)(void);
    *(void**)&value = dlsym(handle, "value");
    CHECK(value() == 42);
    dlclose(handle);
  }
  dijitso_string_free(filename);
  dijitso_string_free(expected);
  dijitso_library_release(base);
  close_place(&place);
}

static void refuse_building(const dijitso_params_t* params) {
  const char* hole[] = {NULL};
  char* filename = NULL;
  dijitso_error_t* e = NULL;
  REFUSES(dijitso_build_shared_library(NULL, NULL, "", "", NULL, 0, params, &filename, &e), "'signature'");
  REFUSES(dijitso_build_shared_library(NULL, "m", "", NULL, NULL, 0, params, &filename, &e), "'source'");
  REFUSES(dijitso_build_shared_library(NULL, "m", "", "", NULL, 1, params, &filename, &e), "'dependencies'");
  REFUSES(dijitso_build_shared_library(NULL, "m", "", "", hole, 1, params, &filename, &e), "'dependencies'");
  REFUSES(dijitso_build_shared_library(NULL, "m", "", "", NULL, 0, NULL, &filename, &e), "'params'");
  REFUSES(dijitso_build_shared_library(NULL, "m", "", "", NULL, 0, params, NULL, &e), "'filename'");
}

void test_jit_refused(void) {
  place_t place;
  dijitso_library_t* library = (dijitso_library_t*)&place;
  char *signature = NULL, path[path_size];
  dijitso_error_t* e = NULL;
  open_place(&place);
  REFUSES(dijitso_jit_create(NULL, &e), "'jit'");
  dijitso_jit_free(NULL);
  REFUSES(dijitso_jit(NULL, NULL, place.params, never, NULL, &library, &e), "'name'");
  CHECK(library == NULL);
  REFUSES(dijitso_jit(NULL, "m", NULL, never, NULL, &library, &e), "'params'");
  REFUSES(dijitso_jit(NULL, "m", place.params, never, NULL, NULL, &e), "'library'");
  REFUSES(dijitso_jit(NULL, "m", place.params, NULL, NULL, &library, &e), "'m' is not in the cache");
  REFUSES(dijitso_jit(NULL, "../m", place.params, never, NULL, &library, &e), "../m");
  REFUSES(dijitso_jit_exchange(NULL, NULL, place.params, never, NULL, NULL, &library, &e), "'name'");
  REFUSES(dijitso_jit_exchange(NULL, "m", NULL, never, NULL, NULL, &library, &e), "'params'");
  REFUSES(dijitso_jit_exchange(NULL, "m", place.params, never, NULL, NULL, NULL, &e), "'library'");
  REFUSES(dijitso_jit_signature(NULL, place.params, &signature, &e), "'name'");
  REFUSES(dijitso_jit_signature("m", NULL, &signature, &e), "'params'");
  REFUSES(dijitso_jit_signature("m", place.params, NULL, &e), "'signature'");
  REFUSES(dijitso_lookup_lib(NULL, NULL, place.params, &library, &e), "'signature'");
  REFUSES(dijitso_lookup_lib(NULL, "m", NULL, &library, &e), "'params'");
  REFUSES(dijitso_lookup_lib(NULL, "m", place.params, NULL, &e), "'library'");
  REFUSES(dijitso_lookup_lib(NULL, "../m", place.params, &library, &e), "../m");
  REFUSES(dijitso_load_library(NULL, NULL, place.params, &library, &e), "'signature'");
  REFUSES(dijitso_load_library(NULL, "m", NULL, &library, &e), "'params'");
  REFUSES(dijitso_load_library(NULL, "m", place.params, NULL, &e), "'library'");
  REFUSES(dijitso_load_library(NULL, "../m", place.params, &library, &e), "../m");
  REFUSES(dijitso_jit_counter(NULL, DIJITSO_COUNTER_COMPILES, NULL, &e), "'value'");
  refuse_building(place.params);
  CHECK(counter(NULL, DIJITSO_COUNTER_COMPILES) == 0);
  CHECK(!file_exists(path_in(&place, "cache", path)));
  close_place(&place);
}
