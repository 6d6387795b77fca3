// A relative name with "." parts is written with another character in the place of each slash, so that it has no parts.
// Clang does not ask how to write an absolute name (Eigen's headers include "./src/..."); what it was is known from the
// list of files. A file system may answer with another name than it was asked for, and Clang then uses that. Tested in
// tests/cc/precompiled_test.py.

#include "compile/pch/file_names.h"

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
  WrittenNames(FileSystemPointer files, LostNames lost) : ProxyFileSystem(std::move(files)), lost_(std::move(lost)) {}
  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    return ProxyFileSystem::status(name_of(path));
  }
  bool exists(const llvm::Twine& path) override { return static_cast<bool>(status(path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    return ProxyFileSystem::openFileForRead(name_of(path));
  }

 private:
  std::string name_of(const llvm::Twine& path) const {
    const std::string name = written_name(path.str());
    const auto lost = lost_.find(name);
    return lost == lost_.end() ? name : lost->second;
  }

  const LostNames lost_;
};

}  // namespace

FileSystemPointer with_relative_names(FileSystemPointer files) {
  return llvm::makeIntrusiveRefCnt<RelativeNames>(std::move(files));
}

FileSystemPointer with_written_names(FileSystemPointer files, LostNames lost) {
  return llvm::makeIntrusiveRefCnt<WrittenNames>(std::move(files), std::move(lost));
}

LostNames lost_names(const std::vector<NamedInput>& inputs) {
  LostNames lost;
  for (const NamedInput& input : inputs)
    if (input.name.starts_with('/')) lost.emplace(without_dot_parts(input.name), input.name);
  std::erase_if(lost, [](const auto& name) { return name.first == name.second; });
  return lost;
}

std::string written_name(llvm::StringRef name) {
  std::string written = name.str();
  if (!written.starts_with(mark)) return written;
  written.erase(0, 1);
  std::ranges::replace(written, mark, '/');
  return written;
}

}  // namespace dijitso::compilation
