// Tells the headers of the toolchain (whose version is part of the key) from all others (whose content is).
#pragma once

#include <llvm/ADT/ArrayRef.h>

#include <string>
#include <vector>

namespace dijitso::compile {

// Absolute and without "..". The compiler takes relative paths from the root, whatever the current directory is.
std::string normal_path(const std::string& path);

// Those of `files` that were read from disk and belong neither to Clang, nor to the C++ library, nor to the parts of
// the C library that only its own headers include. `arguments` are those that the driver made. Absolute, without "..",
// sorted.
std::vector<std::string> outside_toolchain(llvm::ArrayRef<std::string> files,
                                           const std::vector<std::string>& arguments);

}  // namespace dijitso::compile
