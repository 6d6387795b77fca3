// Tells the headers of the toolchain from all others, whose content is checked. Of the toolchain, Clang is part of the
// key, and one header stands for the C++ library.
#pragma once

#include "compile/arguments.h"

#include <llvm/ADT/ArrayRef.h>

#include <string>
#include <vector>

namespace dijitso::compile {

// Absolute and without "..", to compare names. The compiler takes relative paths from the root, whatever the current
// directory is.
std::string normal_path(const std::string& path);

// The directories of Clang, of the C++ library and of the C library's internals, of the arguments that the driver
// makes.
std::vector<std::string> toolchain_dirs(const std::vector<std::string>& arguments);

// Those of `files` that were read from disk and lie in no directory of the translation's toolchain; and the header that
// names the C++ library's release. Absolute, sorted, without ".." (but where a symbolic link stands before it).
std::vector<std::string> outside_toolchain(llvm::ArrayRef<std::string> files, const Translation& translation);

}  // namespace dijitso::compile
