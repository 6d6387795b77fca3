// Separates the headers of the toolchain from all others, whose contents are checked. The key includes the version of
// Clang, and one header represents the C++ library.
#pragma once

#include "compile/driver/arguments.h"

#include <llvm/ADT/ArrayRef.h>

#include <string>
#include <vector>

namespace dijitso::compilation {

// Makes a path absolute and removes "..", to compare names. The compiler resolves relative paths from the root,
// whatever the current directory is.
std::string normal_path(const std::string& path);

// The path of a file whose name may be relative to `directory`. The name stays as it is when `directory` is empty.
std::string path_in(const std::string& directory, const std::string& name);

// Takes the directories of Clang, of the C++ library and of the C library's internals from the driver's arguments.
std::vector<std::string> toolchain_dirs(const std::vector<std::string>& arguments);

// Returns those `files` that were read from disk and are not in the translation's toolchain, plus the header with the
// C++ library's version. Absolute, sorted, without ".." (except after a symbolic link).
std::vector<std::string> outside_toolchain(llvm::ArrayRef<std::string> files, const Translation& translation);

}  // namespace dijitso::compilation
