// The machine's files as one run of Clang sees them.
#pragma once

#include "support/hash.h"

#include <llvm/Support/VirtualFileSystem.h>

#include <map>
#include <set>
#include <string>

namespace dijitso::compile {

// The absolute name of a path: relative ones begin at the root.
std::string from_root(const llvm::Twine& path);

// Gives Clang a copy of every text and keeps the digest of it, and the names of all that was looked for and not found.
// Relative names begin at the root. For one run of Clang, by one thread.
class DiskFiles : public llvm::vfs::ProxyFileSystem {
 public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override;
  bool exists(const llvm::Twine& path) override { return static_cast<bool>(status(path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override;

  // All names of the files whose texts were given out, with the digests of these texts. When a file gave several
  // different ones, the digest is that of none.
  std::map<std::string, Digest> contents() const;

  const std::set<std::string>& missing() const { return missing_; }

  // For the files that this hands out.
  void note_text(llvm::sys::fs::UniqueID file, llvm::StringRef text);

 private:
  void note(const std::string& path, const llvm::ErrorOr<llvm::vfs::Status>& status);

  std::map<std::string, llvm::sys::fs::UniqueID> names_;
  std::map<llvm::sys::fs::UniqueID, Digest> contents_;
  std::set<std::string> missing_;
};

}  // namespace dijitso::compile
