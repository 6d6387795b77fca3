// The headers of packs as a file system of Clang, over the one of the machine.
#pragma once

#include "support/header_pack.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dijitso::compile {

// What lies under packed_headers_dir and module_dir is never looked for on disk; all else is. Relative names begin at
// the root. For one run of Clang, by one thread; texts that were read stay in memory as long.
class PackedFiles : public llvm::vfs::FileSystem {
 public:
  PackedFiles(const HeaderPacks& packs, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk);

  // What was wrong with a pack, whose files are missing since then; empty when nothing was.
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
  llvm::StringMap<std::vector<Layer>> layers_;  // by the names of directories
  std::set<std::shared_ptr<const void>> read_;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk_;
  std::string fault_;
};

}  // namespace dijitso::compile
