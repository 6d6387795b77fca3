/* A compiler driver links this code into every shared library, so dijitso must do so too. When the library is unloaded,
   its static destructors run. Functions that are registered to run at exit or at fork() belong to this library, not to
   the program (the C library has these functions in libc_nonshared.a). The object of this file is part of
   libdijitso-compiler. Tested in unittests/export/shared_linker_test.cpp. */

#define HIDDEN __attribute__((visibility("hidden")))

extern HIDDEN void* __dso_handle;
extern int __cxa_atexit(void (*function)(void*), void* argument, void* library);
extern void __cxa_finalize(void* library);
extern int __cxa_at_quick_exit(void (*function)(void*), void* library);
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void* library);

static void finish(void) { __cxa_finalize(&__dso_handle); }

/* It is the first function in its array, so it runs after all others. */
__attribute__((section(".fini_array"), used)) static void (*const run_finish)(void) = finish;

HIDDEN int atexit(void (*function)(void)) {
  return __cxa_atexit((void (*)(void*))(void (*)(void*))function, (void*)0, &__dso_handle);
}

HIDDEN int at_quick_exit(void (*function)(void)) {
  return __cxa_at_quick_exit((void (*)(void*))(void (*)(void))function, &__dso_handle);
}

HIDDEN int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
  return __register_atfork(prepare, parent, child, &__dso_handle);
}
