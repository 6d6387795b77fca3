// #include, #embed and __has_include of a FIFO or terminal would wait for ever, and /dev/zero has no end. A directory
// keeps its own error: the search for a header goes on behind one that has its name. Tested in
// unittests/compile/regular_files_test.cpp.

#include "compile/regular_files.h"

#include <string>
#include <system_error>
#include <utility>

namespace dijitso::compile {
namespace {

class NotRegular : public std::error_category {
 public:
  const char* name() const noexcept override { return "dijitso"; }
  std::string message(int) const override { return "not a regular file"; }
};

std::error_code not_regular() {
  static const NotRegular& category = *new NotRegular;  // never destroyed
  return {1, category};
}

class RegularFiles : public llvm::vfs::ProxyFileSystem {
 public:
  using ProxyFileSystem::ProxyFileSystem;

  // #embed asks for this first, and takes what it cannot open afterwards for empty.
  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    llvm::ErrorOr<llvm::vfs::Status> found = ProxyFileSystem::status(path);
    if (!found || found->isDirectory()) return found;
    if (!found->isRegularFile()) return not_regular();
    if (found->getSize() >= largest_file) return std::make_error_code(std::errc::file_too_large);
    return found;
  }

  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    const llvm::ErrorOr<llvm::vfs::Status> status = this->status(path);
    if (!status) return status.getError();
    if (status->isDirectory()) return std::make_error_code(std::errc::is_a_directory);
    return ProxyFileSystem::openFileForRead(path);
  }
};

}  // namespace

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> regular_files_of(
    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files) {
  return llvm::makeIntrusiveRefCnt<RegularFiles>(std::move(files));
}

}  // namespace dijitso::compile
