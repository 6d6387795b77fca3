/* Libraries: what they define, and how long they stay. */
#include "capi.h"

static void* two(void) { return (void*)"two"; }

void test_library_symbols(void) {
  place_t place;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  dijitso_function_t function = NULL;
  dijitso_factory_function_t factory = two;
  const char* signature = NULL;
  void* address = NULL;
  open_place(&place);
  SUCCEEDS(dijitso_jit(NULL, "m", place.params, give_source,
                       "extern \"C\" int number = 3; extern \"C\" double twice(double x) { return 2 * x; }"
                       "extern \"C\" void* make() { return &number; }",
                       &library, &e));
  SUCCEEDS(dijitso_library_signature(library, &signature, &e));
  CHECK(strcmp(signature, "m") == 0);
  SUCCEEDS(dijitso_library_find(library, "number", &address, &e));
  CHECK(address && *(int*)address == 3);
  SUCCEEDS(dijitso_library_find(library, "nubmer", &address, &e));
  CHECK(address == NULL);
  SUCCEEDS(dijitso_library_symbol(library, "number", &address, &e));
  CHECK(address && *(int*)address == 3);
  SUCCEEDS(dijitso_library_function(library, "twice", &function, &e));
  CHECK(((double (*)(double))function)(21) == 42);
  SUCCEEDS(dijitso_extract_factory_function(library, "make", &factory, &e));
  CHECK(factory() == address);

  CHECK(dijitso_library_symbol(library, "nubmer", &address, &e) == DIJITSO_LINK_FAILED);
  CHECK(address == NULL && strcmp(dijitso_error_missing_symbol(e, 0), "nubmer") == 0);
  dijitso_error_free(e);
  e = NULL;
  FAILS(dijitso_library_function(library, "thrice", &function, &e), DIJITSO_LINK_FAILED, "'thrice'");
  FAILS(dijitso_extract_factory_function(library, "mkae", &factory, &e), DIJITSO_LINK_FAILED, "'mkae'");
  CHECK(function == NULL && factory == NULL);

  REFUSES(dijitso_library_signature(NULL, &signature, &e), "'library'");
  CHECK(signature == NULL);
  REFUSES(dijitso_library_signature(library, NULL, &e), "'signature'");
  REFUSES(dijitso_library_find(NULL, "number", &address, &e), "'library'");
  REFUSES(dijitso_library_find(library, NULL, &address, &e), "'symbol'");
  REFUSES(dijitso_library_find(library, "number", NULL, &e), "'address'");
  REFUSES(dijitso_library_symbol(NULL, "number", &address, &e), "'library'");
  REFUSES(dijitso_library_symbol(library, NULL, &address, &e), "'symbol'");
  REFUSES(dijitso_library_symbol(library, "number", NULL, &e), "'address'");
  int optimized = 0;
  SUCCEEDS(dijitso_library_wait_optimized(library, &optimized, &e));
  CHECK(optimized == 1);
  REFUSES(dijitso_library_wait_optimized(NULL, &optimized, &e), "'library'");
  REFUSES(dijitso_library_wait_optimized(library, NULL, &e), "'optimized'");
  REFUSES(dijitso_library_function(NULL, "twice", &function, &e), "'library'");
  REFUSES(dijitso_library_function(library, NULL, &function, &e), "'symbol'");
  REFUSES(dijitso_library_function(library, "twice", NULL, &e), "'function'");
  REFUSES(dijitso_extract_factory_function(NULL, "make", &factory, &e), "'library'");
  REFUSES(dijitso_extract_factory_function(library, NULL, &factory, &e), "'name'");
  REFUSES(dijitso_extract_factory_function(library, "make", NULL, &e), "'function'");
  dijitso_library_release(library);
  close_place(&place);
}

void test_library_references(void) {
  place_t place;
  dijitso_jit_t* jit = NULL;
  dijitso_library_t *a = NULL, *b = NULL, *other = NULL;
  dijitso_error_t* e = NULL;
  dijitso_function_t set_end = NULL;
  int ended = 0;
  open_place(&place);
  SUCCEEDS(dijitso_jit_create(&jit, &e));
  SUCCEEDS(dijitso_jit(jit, "m", place.params, give_source,
                       "struct End { int* at = nullptr; ~End() { if (at) *at = 1; } } end;\n"
                       "extern \"C\" void set_end(int* at) { end.at = at; }",
                       &a, &e));
  SUCCEEDS(dijitso_jit(jit, "m", place.params, never, NULL, &b, &e));
  SUCCEEDS(dijitso_jit(jit, "other", place.params, give_source, "", &other, &e));
  CHECK(dijitso_library_equal(a, a) == 1 && dijitso_library_equal(a, b) == 1);
  CHECK(dijitso_library_equal(a, other) == 0);
  CHECK(dijitso_library_equal(a, NULL) == 0 && dijitso_library_equal(NULL, a) == 0);
  CHECK(dijitso_library_equal(NULL, NULL) == 1);

  SUCCEEDS(dijitso_library_function(a, "set_end", &set_end, &e));
  ((void (*)(int*))set_end)(&ended);
  dijitso_jit_free(jit);
  dijitso_library_retain(a);
  dijitso_library_release(a);
  dijitso_library_release(b);
  CHECK(ended == 0);
  dijitso_library_release(a);
  CHECK(ended == 1); /* its static destructor ran */
  dijitso_library_release(other);
  dijitso_library_retain(NULL);
  dijitso_library_release(NULL);
  close_place(&place);
}
