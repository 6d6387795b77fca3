// Static objects register their destructors with this function; here it stands before that of the C library, for all
// of Clang, LLVM and lld in libdijitso-compiler too. So they are never destroyed, and threads may be compiling while
// the process ends. Tested in tests/faults/process_exit_test.py.
extern "C" int __cxa_atexit(void (* /*destroy*/)(void*), void* /*object*/, void* /*library*/) { return 0; }
