// Flags for what gcc 12 accepts or only warns about, and Clang 22 makes an error (build.lenient). That arguments of a
// class with a copy constructor may go to a variadic function is not among them: Clang's code would end the process.
// Tested in tests/jit/lenient_test.cpp, which has a source for each.
#pragma once

#include <array>

namespace dijitso {

inline constexpr std::array lenient_flags = {"-Wno-error=implicit-function-declaration",
                                             "-Wno-error=implicit-int",
                                             "-Wno-error=int-conversion",
                                             "-Wno-error=incompatible-pointer-types",
                                             "-Wno-error=incompatible-function-pointer-types",
                                             "-Wno-error=return-mismatch",
                                             "-Wno-error=invalid-gnu-asm-cast",
                                             "-Wno-error=c++11-narrowing",
                                             "-Wno-error=c++11-narrowing-const-reference",
                                             "-Wno-error=register",
                                             "-Wno-error=elaborated-enum-class",
                                             "-Wno-error=init-priority-reserved",
                                             "-Wno-error=reserved-user-defined-literal",
                                             "-Wno-error=missing-template-arg-list-after-template-kw"};

}  // namespace dijitso
