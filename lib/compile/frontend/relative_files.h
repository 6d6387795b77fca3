// Files whose names are relative to a directory of our own choice, whatever the process's current directory is.
#pragma once

#include <llvm/Support/VirtualFileSystem.h>

#include <memory>
#include <set>
#include <string>

namespace dijitso::compilation {

// The names that Clang asked for, whether there were such files or not. The relative ones mean other files when the
// same command is given in another directory.
struct AskedNames {
  std::set<std::string> relative, absolute;
};

// A file system in which relative names start at `directory`; absolute names are those of `files`. A file keeps the
// name by which it was asked for, because Clang shows it in messages, and in __FILE__. Names are added to `asked`.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files_from(const std::string& directory,
                                                           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
                                                           std::shared_ptr<AskedNames> asked = nullptr);

}  // namespace dijitso::compilation
