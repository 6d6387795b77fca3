// The header alone, as C++11 and later take it; the tests in C are the proof for C99.
#include <dijitso/dijitso.h>

static_assert(DIJITSO_OK == 0 && DIJITSO_UNKNOWN == 99, "the numbers are fixed");
