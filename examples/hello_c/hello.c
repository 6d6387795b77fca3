/* Compiles a text to a function, in C99. The second run finds it in the cache. */
#include <dijitso/dijitso.h>
#include <stdio.h>

/* Called only when neither this process nor the cache has the module. */
static dijitso_status_t generate(const char* name, const char* signature, const dijitso_params_t* params,
                                 dijitso_reply_t* reply, void* user_data) {
  char source[128];
  int64_t factor = 0;
  dijitso_status_t status = dijitso_params_get_int(params, "generator", "factor", &factor, NULL);
  (void)name, (void)signature, (void)user_data;
  if (status != DIJITSO_OK) return status;
  snprintf(source, sizeof source, "double scale(double x) { return %d * x; }\n", (int)factor);
  return dijitso_reply_set_source(reply, source, NULL);
}

int main(void) {
  dijitso_params_t* params = NULL;
  dijitso_library_t* library = NULL;
  dijitso_function_t scale = NULL;
  dijitso_error_t* error = NULL;
  uint64_t compiles = 0;
  char* name = NULL;

  /* The first call that fails sets `error`, and the following ones are skipped. */
  if (dijitso_params_create(&params, &error) || dijitso_params_set_text(params, "build", "language", "c", &error) ||
      dijitso_params_set_int(params, "generator", "factor", 3, &error) ||
      dijitso_jit_signature("hello_c", params, &name, &error) ||
      dijitso_jit(NULL, name, params, generate, NULL, &library, &error) ||
      dijitso_library_function(library, "scale", &scale, &error) ||
      dijitso_jit_counter(NULL, DIJITSO_COUNTER_COMPILES, &compiles, &error))
    fprintf(stderr, "%s\n", dijitso_error_message(error));
  else
    printf("Hello from %s, %s\n3 times 14 is %g\n", name, compiles ? "compiled just now" : "found in the cache",
           ((double (*)(double))scale)(14.0));

  dijitso_string_free(name);
  dijitso_library_release(library);
  dijitso_params_free(params);
  dijitso_error_free(error);
  return scale ? 0 : 1;
}
