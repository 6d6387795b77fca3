/* A text, compiled and called. */
#include "capi.h"

void test_compile_text(void) {
  place_t place;
  dijitso_compile_options_t options = {0};
  dijitso_library_t *library = NULL, *again = NULL;
  dijitso_function_t f = NULL;
  dijitso_error_t* e = NULL;
  char* declaration = NULL;
  const char* signature = NULL;
  open_place(&place);
  options.struct_size = sizeof options;
  options.params = place.params;
  SUCCEEDS(dijitso_compile("double f(double x) { return 2 * x; }", &options, &library, &e));
  SUCCEEDS(dijitso_library_function(library, "f", &f, &e));
  CHECK(((double (*)(double))f)(21) == 42);
  SUCCEEDS(dijitso_library_prototype(library, "f", &declaration, &e));
  CHECK(strcmp(declaration, "double f(double x)") == 0);
  dijitso_string_free(declaration);
  SUCCEEDS(dijitso_library_prototype(library, "g", &declaration, &e));
  CHECK(strcmp(declaration, "") == 0);
  dijitso_string_free(declaration);
  SUCCEEDS(dijitso_library_signature(library, &signature, &e));
  CHECK(strncmp(signature, "text_", 5) == 0);
  SUCCEEDS(dijitso_compile("double f(double x) { return 2 * x; }", &options, &again, &e));
  CHECK(dijitso_library_equal(library, again));
  dijitso_library_release(again);
  dijitso_library_release(library);
  close_place(&place);
}

void test_compile_options(void) {
  place_t place;
  char path[path_size];
  const char* flags[] = {"-DK=3"};
  const char* dirs[1];
  const char* libraries[] = {"m"};
  const dijitso_library_t* needed[1];
  dijitso_compile_options_t options = {0};
  dijitso_library_t *base = NULL, *library = NULL, *file = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  options.struct_size = sizeof options;
  options.params = place.params;
  SUCCEEDS(dijitso_compile("int f(void) { return 2; }", &options, &base, &e));
  write_file(path_in(&place, "number.h", path), "#define NUMBER 5\n");
  needed[0] = base;
  dirs[0] = place.dir;
  options.language = "c++";
  options.standard = "c++17";
  options.name = "sum";
  options.flags = flags;
  options.flag_count = 1;
  options.include_dirs = dirs;
  options.include_dir_count = 1;
  options.libraries = libraries;
  options.library_count = 1;
  options.dependencies = needed;
  options.dependency_count = 1;
  SUCCEEDS(dijitso_compile("#include \"number.h\"\nextern \"C\" int f(); int value() { return f() + NUMBER + K; }",
                           &options, &library, &e));
  CHECK(value_of(library) == 10);

  options.language = NULL;
  options.standard = NULL;
  write_file(path_in(&place, "value.c", path), "int f(void); int value(void) { int new = f(); return new + K; }\n");
  SUCCEEDS(dijitso_compile_file(path, &options, &file, &e));
  CHECK(value_of(file) == 5);
  dijitso_library_release(file);
  dijitso_library_release(library);
  dijitso_library_release(base);
  close_place(&place);
}

void test_compile_with_packages(void) {
  place_t place;
  const char* packages[] = {"zlib >= 1"};
  dijitso_compile_options_t options = {0};
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  options.struct_size = sizeof options;
  options.params = place.params;
  options.packages = packages;
  options.package_count = 1;
  options.lenient = 1;
  options.openmp = 1;
  SUCCEEDS(dijitso_compile("#include <zlib.h>\nvalue(void) { return _OPENMP > 0 && zlibVersion()[0] == '1'; }",
                           &options, &library, &e));
  CHECK(value_of(library) == 1);
  dijitso_library_release(library);
  library = NULL;
  packages[0] = "no-such-package";
  REFUSES(dijitso_compile("", &options, &library, &e), "'no-such-package'");
  options.package_count = 0;
  options.mpi = 1;
  SUCCEEDS(dijitso_compile("#include <mpi.h>\nint value(void) { return MPI_SUCCESS; }", &options, &library, &e));
  CHECK(value_of(library) == 0);
  dijitso_library_release(library);
  /* A program that was compiled with the header before: what comes after is not looked at. */
  library = NULL;
  options.struct_size = offsetof(dijitso_compile_options_t, packages);
  options.package_count = 1;
  SUCCEEDS(dijitso_compile("int value(void) { return 2; }", &options, &library, &e));
  CHECK(value_of(library) == 2);
  dijitso_library_release(library);
  close_place(&place);
}

void test_compile_refused(void) {
  place_t place;
  dijitso_compile_options_t options = {0};
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  char* declaration = NULL;
  open_place(&place);
  options.struct_size = sizeof options;
  options.params = place.params;
  REFUSES(dijitso_compile(NULL, &options, &library, &e), "'source'");
  REFUSES(dijitso_compile("", &options, NULL, &e), "'library'");
  REFUSES(dijitso_compile_file(NULL, &options, &library, &e), "'filename'");
  REFUSES(dijitso_compile_file("/nonexistent/a.c", &options, &library, &e), "cannot read the file '/nonexistent/a.c'");
  FAILS(dijitso_compile("int f(void) { return nothing; }", &options, &library, &e), DIJITSO_COMPILE_FAILED, "nothing");
  options.dependency_count = 1;
  REFUSES(dijitso_compile("", &options, &library, &e), "'dependencies'");
  options.dependency_count = 0;
  options.struct_size = 1;
  REFUSES(dijitso_compile("", &options, &library, &e), "struct_size");
  REFUSES(dijitso_library_prototype(NULL, "f", &declaration, &e), "'library'");
  CHECK(library == NULL && declaration == NULL);
  close_place(&place);
}
