/* What errors carry. */
#include "capi.h"

void test_errors_compile(void) {
  place_t place;
  dijitso_library_t* library = (dijitso_library_t*)&place;
  dijitso_error_t* e = NULL;
  int which;
  open_place(&place);
  CHECK(dijitso_jit(NULL, "wrong", place.params, give_source, "\nint x = mistake;\n", &library, &e) ==
        DIJITSO_COMPILE_FAILED);
  CHECK(library == NULL);
  CHECK(dijitso_error_code(e) == DIJITSO_COMPILE_FAILED);
  CHECK_CONTAINS(dijitso_error_message(e), "'wrong' does not compile");
  if (CHECK(dijitso_error_diagnostic_count(e) == 1)) {
    CHECK_CONTAINS(dijitso_error_diagnostic_file(e, 0), "wrong");
    CHECK(dijitso_error_diagnostic_line(e, 0) == 2 && dijitso_error_diagnostic_column(e, 0) == 9);
    CHECK(dijitso_error_diagnostic_severity(e, 0) == DIJITSO_SEVERITY_ERROR);
    CHECK_CONTAINS(dijitso_error_diagnostic_message(e, 0), "mistake");
  }
  CHECK_CONTAINS(dijitso_error_failure_file(e, DIJITSO_FAIL_DIR), "/failures/jitfailure-wrong");
  for (which = DIJITSO_FAIL_DIR; which <= DIJITSO_LOG_FILENAME; ++which)
    CHECK(file_exists(dijitso_error_failure_file(e, (dijitso_failure_file_t)which)));
  CHECK(strcmp(dijitso_error_failure_file(e, (dijitso_failure_file_t)99), "") == 0);

  /* Beyond the end. */
  CHECK(strcmp(dijitso_error_diagnostic_file(e, 1), "") == 0);
  CHECK(dijitso_error_diagnostic_line(e, 1) == 0 && dijitso_error_diagnostic_column(e, 1) == 0);
  CHECK(dijitso_error_diagnostic_severity(e, 1) == DIJITSO_SEVERITY_NOTE);
  CHECK(strcmp(dijitso_error_diagnostic_message(e, 1), "") == 0);
  CHECK(dijitso_error_missing_symbol_count(e) == 0);
  dijitso_error_free(e);
  e = NULL;

  /* What the environment and the files say is not asked for again. */
  CHECK(dijitso_jit(NULL, "wrong", place.params, give_source, "int x = mistake;", &library, NULL) ==
        DIJITSO_COMPILE_FAILED);
  close_place(&place);
}

void test_errors_link(void) {
  place_t place;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  CHECK(dijitso_jit(NULL, "lonely", place.params, give_source, "int nowhere(int); int f() { return nowhere(1); }",
                    &library, &e) == DIJITSO_LINK_FAILED);
  CHECK(library == NULL && dijitso_error_code(e) == DIJITSO_LINK_FAILED);
  CHECK_CONTAINS(dijitso_error_message(e), "'lonely'");
  if (CHECK(dijitso_error_missing_symbol_count(e) == 1))
    CHECK(strcmp(dijitso_error_missing_symbol(e, 0), "nowhere(int)") == 0);
  CHECK(strcmp(dijitso_error_missing_symbol(e, 1), "") == 0);
  CHECK(dijitso_error_diagnostic_count(e) == 0);
  CHECK(strcmp(dijitso_error_failure_file(e, DIJITSO_FAIL_DIR), "") == 0);
  dijitso_error_free(e);
  close_place(&place);
}

void test_errors_cache(void) {
  place_t place;
  char path[path_size];
  char* filename = path;
  dijitso_error_t* e = NULL;
  open_place(&place);
  dijitso_set_log_level(DIJITSO_LEVEL_ERROR);
  write_file(path_in(&place, "cache", path), "a file, not a directory");
  FAILS(dijitso_build_shared_library(NULL, "m", NULL, "int f() { return 1; }", NULL, 0, place.params, &filename, &e),
        DIJITSO_CACHE_ERROR, "/cache");
  CHECK(filename == NULL);
  dijitso_set_log_level(DIJITSO_LEVEL_WARNING);
  close_place(&place);
}

void test_errors_nothing(void) {
  dijitso_list_t* list = NULL;
  CHECK(dijitso_error_code(NULL) == DIJITSO_OK);
  CHECK(strcmp(dijitso_error_message(NULL), "") == 0);
  CHECK(dijitso_error_diagnostic_count(NULL) == 0);
  CHECK(strcmp(dijitso_error_diagnostic_file(NULL, 0), "") == 0);
  CHECK(dijitso_error_diagnostic_line(NULL, 0) == 0);
  CHECK(dijitso_error_diagnostic_column(NULL, 0) == 0);
  CHECK(dijitso_error_diagnostic_severity(NULL, 0) == DIJITSO_SEVERITY_NOTE);
  CHECK(strcmp(dijitso_error_diagnostic_message(NULL, 0), "") == 0);
  CHECK(strcmp(dijitso_error_failure_file(NULL, DIJITSO_FAIL_DIR), "") == 0);
  CHECK(dijitso_error_missing_symbol_count(NULL) == 0);
  CHECK(strcmp(dijitso_error_missing_symbol(NULL, 0), "") == 0);
  dijitso_error_free(NULL);
  CHECK(dijitso_list_size(list) == 0);
  CHECK(strcmp(dijitso_list_item(list, 0), "") == 0);
  dijitso_list_free(list);
  dijitso_string_free(NULL);
}

void test_version(void) {
  CHECK(strcmp(dijitso_version(), DIJITSO_VERSION_STRING) == 0);
  CHECK(dijitso_version_number() ==
        DIJITSO_VERSION_MAJOR * 10000 + DIJITSO_VERSION_MINOR * 100 + DIJITSO_VERSION_PATCH);
}
