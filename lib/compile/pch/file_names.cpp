// A relative name with "." parts is written with another character in the place of each slash, so that it has no parts.
// A file system may answer with another name than it was asked for, and Clang then uses that. How to write an absolute
// name Clang does not ask (Eigen's headers include "./src/..."). But for one file it shows one name, that of its first
// record, and so the files are recorded in advance under the names in the list of files. Tested in
// tests/cc/precompiled_test.py.

#include "compile/pch/file_names.h"

#include <clang/Basic/FileManager.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/Support/Path.h>

#include <algorithm>
#include <system_error>

namespace dijitso::compilation {
namespace {

constexpr char mark = '\x01';  // before the name, and instead of slashes

std::string without_dot_parts(llvm::StringRef name) {
  llvm::SmallString<256> without(name);
  llvm::sys::path::remove_dots(without);
  return without.str().str();
}

class RelativeNames : public llvm::vfs::ProxyFileSystem {
 public:
  using ProxyFileSystem::ProxyFileSystem;
  std::error_code makeAbsolute(llvm::SmallVectorImpl<char>& path) const override {
    const llvm::StringRef name(path.data(), path.size());
    if (without_dot_parts(name) == name) return {};
    std::ranges::replace(path, '/', mark);
    path.insert(path.begin(), mark);
    return {};
  }
};

class WrittenNames : public llvm::vfs::ProxyFileSystem {
 public:
  using ProxyFileSystem::ProxyFileSystem;
  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    return ProxyFileSystem::status(written_name(path.str()));
  }
  bool exists(const llvm::Twine& path) override { return static_cast<bool>(status(path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    return ProxyFileSystem::openFileForRead(written_name(path.str()));
  }
};

}  // namespace

FileSystemPointer with_relative_names(FileSystemPointer files) {
  return llvm::makeIntrusiveRefCnt<RelativeNames>(std::move(files));
}

FileSystemPointer with_written_names(FileSystemPointer files) {
  return llvm::makeIntrusiveRefCnt<WrittenNames>(std::move(files));
}

// Saying that a file is transient is the one public way to record it without reading it, and means nothing to a
// compile.
void keep_first_names(const std::vector<NamedInput>& inputs, clang::SourceManager& sources) {
  for (const NamedInput& input : inputs)
    if (const auto file = sources.getFileManager().getOptionalFileRef(input.name)) sources.setFileIsTransient(*file);
}

std::string written_name(llvm::StringRef name) {
  std::string written = name.str();
  if (!written.starts_with(mark)) return written;
  written.erase(0, 1);
  std::ranges::replace(written, mark, '/');
  return written;
}

}  // namespace dijitso::compilation
