/* A program that knows nothing of dijitso: plain_host LIBRARY FUNCTION... opens the library, and prints what each
   function `int f(void)` returns; then closes it. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char** argv) {
  int i;
  void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  for (i = 2; i < argc; ++i) {
    int (*function)(void);
    *(void**)&function = dlsym(library, argv[i]); /* as POSIX has it */
    if (!function) return 2;
    printf("%d\n", function());
  }
  if (dlclose(library) != 0) return 3;
  puts("closed");
  return 0;
}
