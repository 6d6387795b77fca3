// Tells the headers of the toolchain from all others, whose content is checked. Of the toolchain, Clang is part of the
// key, and one header stands for the C++ library.
#pragma once

#include <llvm/ADT/ArrayRef.h>

#include <string>
#include <vector>

namespace dijitso::compile {

// Absolute and without "..", to compare names. The compiler takes relative paths from the root, whatever the current
// directory is.
std::string normal_path(const std::string& path);

// Those of `files` that were read from disk and belong neither to Clang, nor to the C++ library, nor to the parts of
// the C library that only its own headers include; and the header that names the C++ library's release. `arguments` are
// those that the driver made. Absolute, sorted, without ".." (but where a symbolic link stands before it).
std::vector<std::string> outside_toolchain(llvm::ArrayRef<std::string> files,
                                           const std::vector<std::string>& arguments);

}  // namespace dijitso::compile
