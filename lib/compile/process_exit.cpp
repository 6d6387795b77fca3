// Static objects register their destructors with this function. Here it replaces that of the C library for Clang, LLVM
// and lld in libdijitso-compiler. So static objects are never destroyed, and threads may still compile while the
// process exits. Tested in tests/faults/process_exit_test.py.
extern "C" int __cxa_atexit(void (* /*destroy*/)(void*), void* /*object*/, void* /*library*/) { return 0; }
