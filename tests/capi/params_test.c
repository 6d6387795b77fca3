/* Parameters: set, validated, read back, refused. */
#include "capi.h"

void test_params_values(void) {
  dijitso_params_t *params = NULL, *copy = NULL;
  dijitso_error_t* e = NULL;
  dijitso_list_t* list = NULL;
  dijitso_kind_t kind = DIJITSO_KIND_NONE;
  const char* flags[] = {"-O1", "-DNAME=a b"};
  const char* text = NULL;
  int64_t integer = 0;
  double real = 0;
  int truth = 0;

  SUCCEEDS(dijitso_params_create(&params, &e));
  SUCCEEDS(dijitso_params_validate(params, &e));
  SUCCEEDS(dijitso_params_get_text(params, "cache", "src_storage", &text, &e));
  CHECK(strcmp(text, "compress") == 0);
  SUCCEEDS(dijitso_params_kind(params, "cache", "temp_dir_root", &kind, &e));
  CHECK(kind == DIJITSO_KIND_NONE);

  SUCCEEDS(dijitso_params_set_text(params, "cache", "src_storage", "keep", &e));
  SUCCEEDS(dijitso_params_get_text(params, "cache", "src_storage", &text, &e));
  CHECK(strcmp(text, "keep") == 0);
  SUCCEEDS(dijitso_params_set_none(params, "cache", "src_storage", &e));
  SUCCEEDS(dijitso_params_get_text(params, "cache", "src_storage", &text, &e));
  CHECK(strcmp(text, "compress") == 0);

  SUCCEEDS(dijitso_params_set_bool(params, "build", "debug", 7, &e));
  SUCCEEDS(dijitso_params_get_bool(params, "build", "debug", &truth, &e));
  CHECK(truth == 1);
  SUCCEEDS(dijitso_params_set_text(params, "build", "debug", "no", &e));
  SUCCEEDS(dijitso_params_get_bool(params, "build", "debug", &truth, &e));
  CHECK(truth == 0);

  SUCCEEDS(dijitso_params_set_list(params, "build", "cxxflags_opt", flags, 2, &e));
  SUCCEEDS(dijitso_params_get_list(params, "build", "cxxflags_opt", &list, &e));
  CHECK(dijitso_list_size(list) == 2);
  CHECK(strcmp(dijitso_list_item(list, 0), flags[0]) == 0);
  CHECK(strcmp(dijitso_list_item(list, 1), flags[1]) == 0);
  CHECK(strcmp(dijitso_list_item(list, 2), "") == 0);
  dijitso_list_free(list);
  SUCCEEDS(dijitso_params_set_list(params, "build", "cxxflags_opt", NULL, 0, &e));
  SUCCEEDS(dijitso_params_get_list(params, "build", "cxxflags_opt", &list, &e));
  CHECK(dijitso_list_size(list) == 0);
  dijitso_list_free(list);

  SUCCEEDS(dijitso_params_set_int(params, "generator", "degree", INT64_MIN, &e));
  SUCCEEDS(dijitso_params_set_double(params, "generator", "epsilon", 1e-14, &e));
  SUCCEEDS(dijitso_params_get_int(params, "generator", "degree", &integer, &e));
  SUCCEEDS(dijitso_params_get_double(params, "generator", "epsilon", &real, &e));
  SUCCEEDS(dijitso_params_kind(params, "generator", "epsilon", &kind, &e));
  CHECK(integer == INT64_MIN && real == 1e-14 && kind == DIJITSO_KIND_DOUBLE);

  /* A copy has a life of its own. */
  SUCCEEDS(dijitso_params_copy(params, &copy, &e));
  SUCCEEDS(dijitso_params_set_int(copy, "generator", "degree", 2, &e));
  SUCCEEDS(dijitso_params_get_int(params, "generator", "degree", &integer, &e));
  CHECK(integer == INT64_MIN);
  dijitso_params_free(params);
  SUCCEEDS(dijitso_params_get_int(copy, "generator", "degree", &integer, &e));
  CHECK(integer == 2);
  SUCCEEDS(dijitso_params_names(copy, "generator", &list, &e));
  CHECK(dijitso_list_size(list) == 2 && strcmp(dijitso_list_item(list, 1), "epsilon") == 0);
  dijitso_list_free(list);
  SUCCEEDS(dijitso_params_names(copy, "build", &list, &e));
  CHECK(dijitso_list_size(list) == 22 && strcmp(dijitso_list_item(list, 0), "compile_memory") == 0);
  dijitso_list_free(list);
  dijitso_params_free(copy);
}

static void refuse_setting(dijitso_params_t* params) {
  dijitso_error_t* e = NULL;
  const char* hole[] = {"-g", NULL};
  REFUSES(dijitso_params_set_int(params, "build", "debgu", 1, &e), "debug");
  REFUSES(dijitso_params_set_int(params, "cahce", "cache_dir", 1, &e), "cache");
  REFUSES(dijitso_params_set_none(NULL, "build", "debug", &e), "'params'");
  REFUSES(dijitso_params_set_none(params, NULL, "debug", &e), "'category'");
  REFUSES(dijitso_params_set_none(params, "build", NULL, &e), "'name'");
  REFUSES(dijitso_params_set_bool(NULL, "build", "debug", 1, &e), "'params'");
  REFUSES(dijitso_params_set_bool(params, NULL, "debug", 1, &e), "'category'");
  REFUSES(dijitso_params_set_bool(params, "build", NULL, 1, &e), "'name'");
  REFUSES(dijitso_params_set_int(NULL, "build", "debug", 1, &e), "'params'");
  REFUSES(dijitso_params_set_int(params, NULL, "debug", 1, &e), "'category'");
  REFUSES(dijitso_params_set_int(params, "build", NULL, 1, &e), "'name'");
  REFUSES(dijitso_params_set_double(NULL, "build", "debug", 1, &e), "'params'");
  REFUSES(dijitso_params_set_double(params, NULL, "debug", 1, &e), "'category'");
  REFUSES(dijitso_params_set_double(params, "build", NULL, 1, &e), "'name'");
  REFUSES(dijitso_params_set_text(NULL, "build", "cxx", "c++", &e), "'params'");
  REFUSES(dijitso_params_set_text(params, NULL, "cxx", "c++", &e), "'category'");
  REFUSES(dijitso_params_set_text(params, "build", NULL, "c++", &e), "'name'");
  REFUSES(dijitso_params_set_text(params, "build", "cxx", NULL, &e), "'value'");
  REFUSES(dijitso_params_set_list(NULL, "build", "libs", NULL, 0, &e), "'params'");
  REFUSES(dijitso_params_set_list(params, NULL, "libs", NULL, 0, &e), "'category'");
  REFUSES(dijitso_params_set_list(params, "build", NULL, NULL, 0, &e), "'name'");
  REFUSES(dijitso_params_set_list(params, "build", "libs", NULL, 1, &e), "'items'");
  REFUSES(dijitso_params_set_list(params, "build", "libs", hole, 2, &e), "'items'");
  SUCCEEDS(dijitso_params_validate(params, &e)); /* nothing of it was kept */
}

static void refuse_reading(const dijitso_params_t* params) {
  dijitso_error_t* e = NULL;
  dijitso_list_t* list = (dijitso_list_t*)&e;
  dijitso_kind_t kind = DIJITSO_KIND_LIST;
  const char* text = "left over";
  int64_t integer = 9;
  double real = 9;
  int truth = 9;
  REFUSES(dijitso_params_get_bool(params, "build", "cxx", &truth, &e), "'build.cxx' is not of the kind bool but text");
  REFUSES(dijitso_params_get_int(params, "build", "debug", &integer, &e), "not of the kind int but bool");
  REFUSES(dijitso_params_get_double(params, "build", "libs", &real, &e), "not of the kind double but list");
  REFUSES(dijitso_params_get_text(params, "cache", "temp_dir_root", &text, &e), "not of the kind text but none");
  REFUSES(dijitso_params_get_list(params, "cache", "claim_timeout", &list, &e), "not of the kind list but int");
  CHECK(truth == 0 && integer == 0 && real == 0 && text == NULL && list == NULL);
  REFUSES(dijitso_params_kind(params, "build", "debgu", &kind, &e), "debug");
  REFUSES(dijitso_params_kind(params, "generator", "degree", &kind, &e), "'generator.degree' was not set");
  CHECK(kind == DIJITSO_KIND_NONE);
  REFUSES(dijitso_params_names(params, "biuld", &list, &e), "build");
  REFUSES(dijitso_params_names(NULL, "build", &list, &e), "'params'");
  REFUSES(dijitso_params_names(params, NULL, &list, &e), "'category'");
  REFUSES(dijitso_params_names(params, "build", NULL, &e), "'names'");
  REFUSES(dijitso_params_kind(NULL, "build", "debug", &kind, &e), "'params'");
  REFUSES(dijitso_params_kind(params, NULL, "debug", &kind, &e), "'category'");
  REFUSES(dijitso_params_kind(params, "build", NULL, &kind, &e), "'name'");
  REFUSES(dijitso_params_kind(params, "build", "debug", NULL, &e), "'kind'");
  REFUSES(dijitso_params_get_bool(NULL, "build", "debug", &truth, &e), "'params'");
  REFUSES(dijitso_params_get_bool(params, NULL, "debug", &truth, &e), "'category'");
  REFUSES(dijitso_params_get_bool(params, "build", NULL, &truth, &e), "'name'");
  REFUSES(dijitso_params_get_bool(params, "build", "debug", NULL, &e), "'value'");
  REFUSES(dijitso_params_get_int(NULL, "build", "debug", &integer, &e), "'params'");
  REFUSES(dijitso_params_get_int(params, NULL, "debug", &integer, &e), "'category'");
  REFUSES(dijitso_params_get_int(params, "build", NULL, &integer, &e), "'name'");
  REFUSES(dijitso_params_get_int(params, "cache", "claim_timeout", NULL, &e), "'value'");
  REFUSES(dijitso_params_get_double(NULL, "build", "debug", &real, &e), "'params'");
  REFUSES(dijitso_params_get_double(params, NULL, "debug", &real, &e), "'category'");
  REFUSES(dijitso_params_get_double(params, "build", NULL, &real, &e), "'name'");
  REFUSES(dijitso_params_get_double(params, "build", "debug", NULL, &e), "'value'");
  REFUSES(dijitso_params_get_text(NULL, "build", "cxx", &text, &e), "'params'");
  REFUSES(dijitso_params_get_text(params, NULL, "cxx", &text, &e), "'category'");
  REFUSES(dijitso_params_get_text(params, "build", NULL, &text, &e), "'name'");
  REFUSES(dijitso_params_get_text(params, "build", "cxx", NULL, &e), "'value'");
  REFUSES(dijitso_params_get_list(NULL, "build", "libs", &list, &e), "'params'");
  REFUSES(dijitso_params_get_list(params, NULL, "libs", &list, &e), "'category'");
  REFUSES(dijitso_params_get_list(params, "build", NULL, &list, &e), "'name'");
  REFUSES(dijitso_params_get_list(params, "build", "libs", NULL, &e), "'value'");
}

void test_params_refused(void) {
  dijitso_params_t *params = NULL, *copy = (dijitso_params_t*)&params;
  dijitso_error_t* e = NULL;
  dijitso_list_t* list = NULL;
  SUCCEEDS(dijitso_params_create(&params, &e));
  refuse_setting(params);
  refuse_reading(params);

  REFUSES(dijitso_params_create(NULL, &e), "'params'");
  REFUSES(dijitso_params_copy(params, NULL, &e), "'copy'");
  REFUSES(dijitso_params_copy(NULL, &copy, &e), "'params'");
  CHECK(copy == NULL);
  REFUSES(dijitso_params_validate(NULL, &e), "'params'");
  dijitso_params_free(NULL);

  /* A value that does not suit is accepted first, and stops every use. */
  SUCCEEDS(dijitso_params_set_int(params, "build", "debug", 3, &e));
  REFUSES(dijitso_params_validate(params, &e), "build.debug");
  REFUSES(dijitso_params_names(params, "build", &list, &e), "build.debug");
  SUCCEEDS(dijitso_params_set_none(params, "build", "debug", &e));
  SUCCEEDS(dijitso_params_validate(params, &e));

  /* Nobody needs to ask why. */
  CHECK(dijitso_params_validate(NULL, NULL) == DIJITSO_INVALID_ARGUMENT);
  CHECK(dijitso_params_validate(params, NULL) == DIJITSO_OK);
  dijitso_params_free(params);
}
