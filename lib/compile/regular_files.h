// The machine's files as the compiler may see them.
#pragma once

#include <llvm/Support/VirtualFileSystem.h>

#include <cstdint>

namespace dijitso::compile {

// What the compiler counts places in its sources with does not reach further.
inline constexpr std::uint64_t largest_file = std::uint64_t{1} << 31;

// A file system that opens nothing but the regular files of another one, of less than `largest_file` bytes.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> regular_files_of(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files);

}  // namespace dijitso::compile
