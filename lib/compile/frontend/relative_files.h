// Files whose names are relative to a directory of our own choice, whatever the process's current directory is.
#pragma once

#include <llvm/Support/VirtualFileSystem.h>

#include <string>

namespace dijitso::compilation {

// A file system in which relative names start at `directory`; absolute names are those of `files`. A file keeps the
// name by which it was asked for, because Clang shows it in messages, and in __FILE__.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files_from(const std::string& directory,
                                                           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files);

}  // namespace dijitso::compilation
