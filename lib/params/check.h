// A last look at typed parameters that a C++ program may have filled in by hand. Pure.
// Tested in unittests/params/check_test.cpp.
#pragma once

#include <dijitso/params.h>

namespace dijitso::params {

// InvalidArgument for what cannot work: an empty directory name, a value that is not among the allowed ones, a number
// out of range, NUL characters, "/" in a part of a file name, or two kinds of files that would have the same names.
void check_params(const Params& params);

}  // namespace dijitso::params
