// A file system for Clang with the headers of packs, over the one of the machine.
#pragma once

#include "support/packs/header_pack.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dijitso::compilation {

// Paths under packed_headers_dir and module_dir are never looked up on disk; all others are. Relative names start at
// the root. For one run of Clang, on one thread; texts that were read stay in memory until this object is destroyed.
class PackedFiles : public llvm::vfs::FileSystem {
 public:
  PackedFiles(const HeaderPacks& packs, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk);

  // The error of a damaged pack, whose files count as missing from then on; empty when there was none.
  const std::string& fault() const { return fault_; }

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine& path, std::error_code& error) override;
  std::error_code getRealPath(const llvm::Twine& path, llvm::SmallVectorImpl<char>& output) override;
  llvm::ErrorOr<std::string> getCurrentWorkingDirectory() const override { return "/"; }
  std::error_code setCurrentWorkingDirectory(const llvm::Twine& path) override;

 private:
  struct Layer {
    const HeaderPack* pack;
    std::size_t directory;
  };
  struct Found {
    const HeaderPack* pack = nullptr;
    const PackedFile* file = nullptr;  // nullptr: a directory
    llvm::vfs::Status status;
  };

  std::optional<Found> find(llvm::StringRef path);
  std::optional<Found> find_in(const Layer& layer, llvm::StringRef name, llvm::StringRef rest, llvm::StringRef path);

  HeaderPacks packs_;
  llvm::StringMap<std::vector<Layer>> layers_;  // by the name of the directory
  std::set<std::shared_ptr<const void>> read_;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk_;
  std::string fault_;
};

}  // namespace dijitso::compilation
