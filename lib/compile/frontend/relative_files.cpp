// Tested in unittests/compile/relative_files_test.cpp.

#include "compile/frontend/relative_files.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/Support/Path.h>

#include <utility>

namespace dijitso::compilation {
namespace {

using llvm::vfs::Status;

// An open file under the name by which it was asked for.
class NamedFile : public llvm::vfs::File {
 public:
  NamedFile(std::unique_ptr<llvm::vfs::File> file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  llvm::ErrorOr<Status> status() override {
    llvm::ErrorOr<Status> found = file_->status();
    return found ? Status::copyWithNewName(*found, name_) : found;
  }
  llvm::ErrorOr<std::string> getName() override { return file_->getName(); }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, std::int64_t size,
                                                               bool ends_with_nul, bool is_volatile) override {
    return file_->getBuffer(name, size, ends_with_nul, is_volatile);
  }
  std::error_code close() override { return file_->close(); }

 private:
  const std::unique_ptr<llvm::vfs::File> file_;
  const std::string name_;
};

class RelativeFiles : public llvm::vfs::ProxyFileSystem {
 public:
  RelativeFiles(std::string directory, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
                std::shared_ptr<AskedNames> asked)
      : ProxyFileSystem(std::move(files)), directory_(std::move(directory)), asked_(std::move(asked)) {}

  llvm::ErrorOr<Status> status(const llvm::Twine& path) override {
    note(path);
    llvm::ErrorOr<Status> found = ProxyFileSystem::status(complete(path));
    return found ? Status::copyWithNewName(*found, path) : found;
  }
  bool exists(const llvm::Twine& path) override { return static_cast<bool>(status(path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    note(path);
    auto file = ProxyFileSystem::openFileForRead(complete(path));
    if (!file) return file.getError();
    return std::make_unique<NamedFile>(std::move(*file), path.str());
  }
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine& path, std::error_code& error) override {
    return ProxyFileSystem::dir_begin(complete(path), error);
  }
  std::error_code getRealPath(const llvm::Twine& path, llvm::SmallVectorImpl<char>& output) override {
    return ProxyFileSystem::getRealPath(complete(path), output);
  }
  llvm::ErrorOr<std::string> getCurrentWorkingDirectory() const override { return directory_; }
  std::error_code setCurrentWorkingDirectory(const llvm::Twine&) override {
    return std::make_error_code(std::errc::operation_not_supported);
  }

 private:
  void note(const llvm::Twine& path) {
    if (asked_) (llvm::sys::path::is_absolute(path) ? asked_->absolute : asked_->relative).insert(path.str());
  }
  std::string complete(const llvm::Twine& path) const {
    std::string name = path.str();
    return llvm::sys::path::is_absolute(name) ? name : directory_ + "/" + name;
  }

  const std::string directory_;
  const std::shared_ptr<AskedNames> asked_;
};

}  // namespace

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files_from(const std::string& directory,
                                                           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
                                                           std::shared_ptr<AskedNames> asked) {
  return llvm::makeIntrusiveRefCnt<RelativeFiles>(directory, std::move(files), std::move(asked));
}

}  // namespace dijitso::compilation
