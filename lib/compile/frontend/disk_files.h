// The files on disk as one run of Clang sees them.
#pragma once

#include "support/hash.h"

#include <llvm/Support/VirtualFileSystem.h>

#include <map>
#include <set>
#include <string>

namespace dijitso::compilation {

// Makes a path absolute: relative paths start at the root.
std::string from_root(const llvm::Twine& path);

// Gives Clang a copy of each file, and records the digest of the copy and the names that were not found. Relative names
// start at the root. For one run of Clang, on one thread.
class DiskFiles : public llvm::vfs::ProxyFileSystem {
 public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override;
  bool exists(const llvm::Twine& path) override { return static_cast<bool>(status(path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override;

  // The names of all files that Clang read, with the digests of their texts. When a file had different texts at
  // different times, its digest is empty.
  std::map<std::string, Digest> contents() const;

  const std::set<std::string>& missing() const { return missing_; }

  // Called by the files that this file system opens.
  void note_text(llvm::sys::fs::UniqueID file, llvm::StringRef text);

 private:
  void note(const std::string& path, const llvm::ErrorOr<llvm::vfs::Status>& status);

  std::map<std::string, llvm::sys::fs::UniqueID> names_;
  std::map<llvm::sys::fs::UniqueID, Digest> contents_;
  std::set<std::string> missing_;
};

}  // namespace dijitso::compilation
