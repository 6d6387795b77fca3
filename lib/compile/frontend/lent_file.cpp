// Tested in unittests/compile/lent_file_test.cpp.

#include "compile/frontend/lent_file.h"

#include <llvm/Support/MemoryBuffer.h>

#include <utility>

namespace dijitso::compilation {
namespace {

using llvm::vfs::Status;

class LentFile : public llvm::vfs::File {
 public:
  LentFile(Status status, std::string_view content) : status_(std::move(status)), content_(content) {}

  llvm::ErrorOr<Status> status() override { return status_; }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, std::int64_t, bool,
                                                               bool) override {
    return llvm::MemoryBuffer::getMemBuffer(content_, name.str(), /*RequiresNullTerminator=*/false);
  }
  std::error_code close() override { return {}; }

 private:
  const Status status_;
  const std::string_view content_;
};

class WithLentFile : public llvm::vfs::ProxyFileSystem {
 public:
  WithLentFile(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files, const std::string& path, std::string_view content)
      : ProxyFileSystem(std::move(files)),
        path_(path),
        content_(content),
        status_(path, llvm::vfs::getNextVirtualUniqueID(), {}, 0, 0, content.size(),
                llvm::sys::fs::file_type::regular_file, llvm::sys::fs::owner_read) {}

  llvm::ErrorOr<Status> status(const llvm::Twine& path) override {
    return path.str() == path_ ? status_ : ProxyFileSystem::status(path);
  }
  bool exists(const llvm::Twine& path) override { return static_cast<bool>(status(path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    if (path.str() != path_) return ProxyFileSystem::openFileForRead(path);
    return std::make_unique<LentFile>(status_, content_);
  }

 private:
  const std::string path_;
  const std::string_view content_;
  const Status status_;
};

}  // namespace

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> with_lent_file(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
                                                               const std::string& path, std::string_view content) {
  return llvm::makeIntrusiveRefCnt<WithLentFile>(std::move(files), path, content);
}

}  // namespace dijitso::compilation
