// Restricts the compiler to regular files of the machine.
#pragma once

#include <llvm/Support/VirtualFileSystem.h>

#include <cstdint>

namespace dijitso::compilation {

// The limit of the offsets with which the compiler counts positions in its sources.
inline constexpr std::uint64_t largest_file = std::uint64_t{1} << 31;

// A file system that opens only regular files of `files` that have less than `largest_file` bytes.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> regular_files_of(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files);

}  // namespace dijitso::compilation
