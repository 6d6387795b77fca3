/* Looking into a cache, and cleaning it. */
#include "capi.h"

#include <stdio.h>

static void build_one(const place_t* place) {
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  SUCCEEDS(dijitso_jit(NULL, "m", place->params, give_source, "// the needle\nextern \"C\" int value() { return 5; }\n",
                       &library, &e));
  CHECK(value_of(library) == 5);
  dijitso_library_release(library);
}

/* How many paths there are in a category. */
static size_t files_of(const place_t* place, const char* category) {
  dijitso_list_t* paths = NULL;
  dijitso_error_t* e = NULL;
  size_t count;
  SUCCEEDS(dijitso_cache_glob(place->params, &category, 1, &paths, &e));
  count = dijitso_list_size(paths);
  dijitso_list_free(paths);
  return count;
}

void test_cache_look(void) {
  place_t place;
  const char* categories[] = {"inc", "src", "lib", "log"};
  const char* obj = "obj";
  dijitso_list_t* list = NULL;
  dijitso_error_t* e = NULL;
  char *filename = NULL, end[path_size];
  size_t i;
  open_place(&place);
  SUCCEEDS(dijitso_params_set_text(place.params, "cache", "src_storage", "keep", &e));
  build_one(&place);
  for (i = 0; i < 4; ++i) {
    SUCCEEDS(dijitso_cache_filename(place.params, categories[i], "m", &filename, &e));
    CHECK(strncmp(filename, place.dir, strlen(place.dir)) == 0);
    CHECK(file_exists(filename) == (int)(i % 2)); /* it has no header, and was not exported */
    dijitso_string_free(filename);
  }

  SUCCEEDS(dijitso_cache_glob(place.params, NULL, 0, &list, &e));
  CHECK(dijitso_list_size(list) == 2);
  dijitso_list_free(list);
  CHECK(files_of(&place, "obj") == 1);

  SUCCEEDS(dijitso_cache_grep(place.params, "ne+dle", NULL, NULL, 0, &list, &e));
  CHECK(dijitso_list_size(list) == 1);
  snprintf(end, sizeof end, "%s", dijitso_list_item(list, 0));
  CHECK_CONTAINS(end, ".cpp:1:// the needle");
  dijitso_list_free(list);
  SUCCEEDS(dijitso_cache_grep(place.params, "needle", "other", NULL, 0, &list, &e));
  CHECK(dijitso_list_size(list) == 0);
  dijitso_list_free(list);
  SUCCEEDS(dijitso_cache_grep(place.params, "needle", "m", &categories[0], 1, &list, &e));
  CHECK(dijitso_list_size(list) == 0);
  dijitso_list_free(list);

  SUCCEEDS(dijitso_cache_check(place.params, &list, &e));
  CHECK(dijitso_list_size(list) == 0);
  dijitso_list_free(list);
  SUCCEEDS(dijitso_cache_glob(place.params, &obj, 1, &list, &e));
  write_file(dijitso_list_item(list, 0), "damaged");
  dijitso_list_free(list);
  SUCCEEDS(dijitso_cache_check(place.params, &list, &e));
  CHECK(dijitso_list_size(list) > 0);
  CHECK_CONTAINS(dijitso_list_item(list, 0), "/obj/m.");
  dijitso_list_free(list);
  close_place(&place);
}

void test_cache_clean(void) {
  place_t place;
  const char* log = "log";
  dijitso_list_t* list = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  build_one(&place);
  SUCCEEDS(dijitso_cache_clean(place.params, 1, NULL, 0, &list, &e));
  CHECK(dijitso_list_size(list) == 3);
  dijitso_list_free(list);
  CHECK(files_of(&place, "obj") == 1 && files_of(&place, "log") == 1);
  SUCCEEDS(dijitso_cache_clean(place.params, 0, &log, 1, &list, &e));
  CHECK(dijitso_list_size(list) == 1);
  dijitso_list_free(list);
  CHECK(files_of(&place, "obj") == 1 && files_of(&place, "log") == 0);
  SUCCEEDS(dijitso_cache_clean(place.params, 0, NULL, 0, &list, &e));
  CHECK(dijitso_list_size(list) == 2);
  dijitso_list_free(list);
  CHECK(files_of(&place, "obj") == 0);
  CHECK(counter(NULL, DIJITSO_COUNTER_COMPILES) == 1);
  build_one(&place); /* it was forgotten, too */
  CHECK(counter(NULL, DIJITSO_COUNTER_COMPILES) == 2);
  close_place(&place);
}

void test_cache_refused(void) {
  place_t place;
  const char *hole[] = {"inc", NULL}, *wrong[] = {"incs"}, *lib[] = {"lib"};
  dijitso_list_t* list = (dijitso_list_t*)&place;
  dijitso_error_t* e = NULL;
  char* filename = (char*)&place;
  open_place(&place);
  REFUSES(dijitso_cache_filename(NULL, "inc", "m", &filename, &e), "'params'");
  CHECK(filename == NULL);
  REFUSES(dijitso_cache_filename(place.params, NULL, "m", &filename, &e), "'category'");
  REFUSES(dijitso_cache_filename(place.params, "inc", NULL, &filename, &e), "'signature'");
  REFUSES(dijitso_cache_filename(place.params, "inc", "m", NULL, &e), "'filename'");
  REFUSES(dijitso_cache_filename(place.params, "obj", "m", &filename, &e), "'obj'");
  REFUSES(dijitso_cache_filename(place.params, "inc", "../m", &filename, &e), "../m");

  REFUSES(dijitso_cache_glob(NULL, NULL, 0, &list, &e), "'params'");
  CHECK(list == NULL);
  REFUSES(dijitso_cache_glob(place.params, NULL, 1, &list, &e), "'categories'");
  REFUSES(dijitso_cache_glob(place.params, hole, 2, &list, &e), "'categories'");
  REFUSES(dijitso_cache_glob(place.params, wrong, 1, &list, &e), "incs");
  REFUSES(dijitso_cache_glob(place.params, NULL, 0, NULL, &e), "'paths'");

  REFUSES(dijitso_cache_clean(NULL, 1, NULL, 0, &list, &e), "'params'");
  REFUSES(dijitso_cache_clean(place.params, 1, NULL, 1, &list, &e), "'categories'");
  REFUSES(dijitso_cache_clean(place.params, 1, wrong, 1, &list, &e), "incs");
  REFUSES(dijitso_cache_clean(place.params, 1, NULL, 0, NULL, &e), "'paths'");

  REFUSES(dijitso_cache_grep(NULL, "x", NULL, NULL, 0, &list, &e), "'params'");
  REFUSES(dijitso_cache_grep(place.params, NULL, NULL, NULL, 0, &list, &e), "'regex'");
  REFUSES(dijitso_cache_grep(place.params, "x", NULL, NULL, 1, &list, &e), "'categories'");
  REFUSES(dijitso_cache_grep(place.params, "x", NULL, lib, 1, &list, &e), "lib");
  REFUSES(dijitso_cache_grep(place.params, "(", NULL, NULL, 0, &list, &e), "(");
  REFUSES(dijitso_cache_grep(place.params, "x", "../m", NULL, 0, &list, &e), "../m");
  REFUSES(dijitso_cache_grep(place.params, "x", NULL, NULL, 0, NULL, &e), "'lines'");

  REFUSES(dijitso_cache_check(NULL, &list, &e), "'params'");
  REFUSES(dijitso_cache_check(place.params, NULL, &e), "'lines'");
  close_place(&place);
}
