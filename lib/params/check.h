// A final check of typed parameters, which a C++ program may have filled in directly. Pure. Tested in
// unittests/params/check_test.cpp.
#pragma once

#include <dijitso/params.h>

namespace dijitso::params {

// Throws InvalidArgument for values that cannot work: an empty directory name, a value that is not among the allowed
// ones, a number out of range, NUL characters, "/" in a part of a file name, or two kinds of files that would have the
// same names.
void check_params(const Params& params);

}  // namespace dijitso::params
