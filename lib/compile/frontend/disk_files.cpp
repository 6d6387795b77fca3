// A header may be edited while it is being compiled. Clang maps larger files into memory. A mapping shows the new text
// when the digest is computed afterwards, so old code would count as up to date forever. When the file is truncated,
// reading the mapping ends the process with SIGBUS. So Clang gets copies, and the digest is that of the copy.
//
// A header that appears later also changes the code, when its directory is searched earlier or when __has_include asks
// for it. So the names of files that were not found are kept. Tested in unittests/compile/disk_files_test.cpp.

#include "compile/frontend/disk_files.h"

#include <llvm/Support/MemoryBuffer.h>

namespace dijitso::compilation {
namespace {

using llvm::vfs::Status;

class CopiedFile : public llvm::vfs::File {
 public:
  CopiedFile(std::unique_ptr<llvm::vfs::File> file, DiskFiles& files) : file_(std::move(file)), files_(files) {}

  llvm::ErrorOr<Status> status() override { return file_->status(); }
  llvm::ErrorOr<std::string> getName() override { return file_->getName(); }
  std::error_code close() override { return file_->close(); }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& name, std::int64_t size,
                                                               bool ends_with_nul, bool) override {
    const llvm::ErrorOr<Status> status = file_->status();
    if (!status) return status.getError();
    const bool is_part = size >= 0 && static_cast<std::uint64_t>(size) < status->getSize();
    auto text = file_->getBuffer(name, is_part ? -1 : size, ends_with_nul, /*IsVolatile=*/true);  // prevents mapping
    if (!text) return text.getError();
    files_.note_text(status->getUniqueID(), (*text)->getBuffer());
    if (!is_part) return text;
    return llvm::MemoryBuffer::getMemBufferCopy((*text)->getBuffer().take_front(static_cast<std::size_t>(size)), name);
  }

 private:
  std::unique_ptr<llvm::vfs::File> file_;
  DiskFiles& files_;
};

}  // namespace

std::string from_root(const llvm::Twine& path) {
  std::string text = path.str();
  return text.starts_with('/') ? text : "/" + text;
}

llvm::ErrorOr<Status> DiskFiles::status(const llvm::Twine& path) {
  auto status = ProxyFileSystem::status(path);
  note(from_root(path), status);
  return status;
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> DiskFiles::openFileForRead(const llvm::Twine& path) {
  auto file = ProxyFileSystem::openFileForRead(path);
  note(from_root(path), file ? (*file)->status() : llvm::ErrorOr<Status>(file.getError()));
  if (!file) return file.getError();
  return std::make_unique<CopiedFile>(std::move(*file), *this);
}

void DiskFiles::note(const std::string& path, const llvm::ErrorOr<Status>& status) {
  if (!status) {
    missing_.insert(path);
    return;
  }
  names_.insert_or_assign(path, status->getUniqueID());
}

void DiskFiles::note_text(llvm::sys::fs::UniqueID file, llvm::StringRef text) {
  const Digest digest = blake3(std::string_view(text.data(), text.size()));
  const auto [known, is_new] = contents_.emplace(file, digest);
  if (!is_new && known->second != digest) known->second = Digest();
}

std::map<std::string, Digest> DiskFiles::contents() const {
  std::map<std::string, Digest> all;
  for (const auto& [name, file] : names_)
    if (const auto content = contents_.find(file); content != contents_.end()) all.emplace(name, content->second);
  return all;
}

}  // namespace dijitso::compilation
